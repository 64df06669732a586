import type { CatalogueEntry } from '../models/catalogue/catalogue-schema.ts';
import { formatBytes } from '../models/pull/format-bytes.ts';
import { verifyModel } from '../models/store/verify.ts';
import { type CliDeps, EXIT } from './cli-deps.ts';
import { formatTable } from './table.ts';

const STATES = { good: 'ready', bad: 'damaged', absent: '–' } as const;

/** `concert models`: lists the catalogue and what of it is on this machine. Returns the exit code. */
export async function runModels(deps: CliDeps): Promise<number> {
  const rows = [['model', 'task', 'here', 'download', 'languages', 'licence', 'title']];
  for (const entry of deps.store.catalogue.entries) {
    const { state } = await verifyModel(deps.store, entry.id, { signal: deps.signal, fresh: false });
    rows.push([
      entry.id,
      entry.task,
      STATES[state],
      downloadSize(entry),
      entry.languages.join(' '),
      entry.licence,
      entry.title,
    ]);
  }
  deps.print(formatTable(rows));
  return EXIT.fine;
}

function downloadSize(entry: CatalogueEntry): string {
  const bytes = entry.files.reduce((sum, file) => sum + file.bytes, entry.snapshot?.bytes ?? 0);
  const exact = entry.snapshot === undefined && entry.files.every((file) => file.sha256 !== null);
  return `${exact ? '' : 'about '}${formatBytes(bytes)}`;
}
