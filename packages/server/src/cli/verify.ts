import { formatBytes } from '../models/pull/format-bytes.ts';
import { verifyModel } from '../models/store/verify.ts';
import { type CliDeps, EXIT } from './cli-deps.ts';
import { formatTable } from './table.ts';

/** `concert verify`: reads every byte of the named models, or of all that were pulled, and compares digests. Returns the exit code. */
export async function runVerify(args: { readonly ids: readonly string[] }, deps: CliDeps): Promise<number> {
  const ids = args.ids.length > 0 ? args.ids : deps.store.catalogue.entries.map((entry) => entry.id);
  const rows: string[][] = [['model', 'file', 'size', 'state']];
  const bad: string[] = [];
  for (const id of ids) {
    const check = await verifyModel(deps.store, id, { signal: deps.signal, fresh: true });
    if (check.state === 'absent') {
      if (args.ids.length === 0) continue;
      rows.push([id, '', '', 'not pulled']);
      bad.push(id);
      continue;
    }
    for (const file of check.files) {
      const state =
        file.state === 'different' ? `wrong: SHA-256 should be ${file.expected} and is ${file.found}` : file.state;
      rows.push([id, file.file, formatBytes(file.bytes), state]);
    }
    if (check.state === 'bad') bad.push(id);
  }
  deps.print(
    rows.length > 1
      ? formatTable(rows)
      : 'no model was pulled yet; `npx concert pull` fetches those of this machine’s profile',
  );
  if (bad.length === 0) return EXIT.fine;
  deps.print(`Mend with: npx concert pull ${bad.join(' ')}`);
  return EXIT.failed;
}
