import { basename } from 'node:path';
import type { CatalogueEntry } from '../models/catalogue/catalogue-schema.ts';
import { needsPin } from '../models/catalogue/concrete-file.ts';
import { formatBytes } from '../models/pull/format-bytes.ts';
import { inspectFolder } from '../models/store/inspect-folder.ts';
import { openSources } from '../models/pull/open-sources.ts';
import { pickProfile, UnknownProfileError } from '../models/profile/pick-profile.ts';
import { loadProfiles, profileModels } from '../models/profile/profile.ts';
import { type PullOptions, pullModels, type PullReport } from '../models/pull/pull.ts';
import { FolderSource } from '../models/sources/folder.ts';
import type { WeightSource } from '../models/sources/source.ts';
import { type CliDeps, EXIT } from './cli-deps.ts';
import { formatSeconds } from './progress-state.ts';
import { ProgressView } from './progress.ts';

export interface PullArgs {
  readonly ids: readonly string[];
  readonly profile?: string | undefined;
  readonly fromDir?: string | undefined;
  readonly all?: boolean | undefined;
}

/** `concert pull`: brings models into the store. Returns the exit code. */
export async function runPull(args: PullArgs, deps: CliDeps): Promise<number> {
  if (args.fromDir !== undefined) return pullFromFolder(args.ids, args.fromDir, deps);
  const ids = await chooseIds(args, deps);
  if (ids === null) return EXIT.usage;
  await using open = openSources(deps.sources, deps.store, deps.log);
  return await pull(ids, open.sources, deps);
}

/** Models by name, by profile, by both, or all that one can have without naming a hub's giant. */
async function chooseIds(args: PullArgs, deps: CliDeps): Promise<string[] | null> {
  if (args.all === true)
    return deps.store.catalogue.entries.filter((entry) => !needsPin(entry)).map((entry) => entry.id);
  if (args.ids.length > 0 && args.profile === undefined) return [...args.ids];
  const name = args.profile ?? deps.profile;
  try {
    const { profile, reason } = await pickProfile({ name, profiles: loadProfiles(), probe: deps.probe });
    if (name === 'auto') deps.print(`Profile ${profile.id}: ${reason}`);
    return [...profileModels(profile), ...args.ids];
  } catch (error) {
    if (!(error instanceof UnknownProfileError)) throw error;
    deps.print(`${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}`);
    return null;
  }
}

async function pull(ids: readonly string[], sources: readonly WeightSource[], deps: CliDeps): Promise<number> {
  const startedMs = Date.now();
  const view = new ProgressView(deps.progress);
  let report: PullReport;
  try {
    const options: PullOptions = {
      store: deps.store,
      sources,
      log: view.wrap(deps.log),
      signal: deps.signal,
      onProgress: view.onProgress,
      keepImported: deps.keepImported,
    };
    report = await pullModels(ids, options);
  } finally {
    view.end();
  }
  for (const id of report.ready) deps.print(`ready    ${id}`);
  for (const { id, reason } of report.failed) deps.print(`failed   ${id}: ${reason}`);
  const seconds = (Date.now() - startedMs) / 1000;
  const made = report.madeBytes === 0 ? '' : `, ${formatBytes(report.madeBytes)} converted`;
  const what =
    report.files === 0
      ? 'nothing had to be fetched'
      : `${report.files} files, ${formatBytes(report.fetchedBytes)} fetched${made}`;
  deps.print(`${what}, ${formatSeconds(seconds)}`);
  return report.failed.length === 0 ? EXIT.fine : EXIT.failed;
}

/** Takes a model from a folder, such as a cloned hub repository, and says of every file what was found. */
async function pullFromFolder(ids: readonly string[], folder: string, deps: CliDeps): Promise<number> {
  const entry =
    ids.length === 1 ? deps.store.catalogue.get(ids[0] ?? '') : ids.length === 0 ? guessEntry(folder, deps) : null;
  if (entry === null) {
    deps.print(
      'Name the one model that the folder holds: `npx concert pull MODEL --from-dir FOLDER`; `npx concert models` lists them',
    );
    return EXIT.usage;
  }
  const report = await inspectFolder(entry, folder, deps.signal);
  deps.print(`${entry.id} in ${folder}:`);
  for (const file of report.files) deps.print(`  ${file.state.padEnd(10)} ${file.name}: ${file.detail}`);
  if (report.take === null) {
    deps.print('Nothing was taken, because the folder does not hold the whole model.');
    return EXIT.failed;
  }
  if (needsPin(entry)) await deps.store.pin(entry.id, report.take);
  return pull([entry.id], [await FolderSource.open(folder)], deps);
}

/** The model whose id, or whose repository's name, is the folder's name. */
function guessEntry(folder: string, deps: CliDeps): CatalogueEntry | null {
  const name = basename(folder).toLowerCase();
  const repositories = (entry: CatalogueEntry): string[] =>
    [...(entry.snapshot?.sources ?? []), ...entry.files.flatMap((file) => file.sources)].flatMap((source) =>
      'repo' in source ? [basename(source.repo).toLowerCase()] : [],
    );
  const matches = deps.store.catalogue.entries.filter(
    (entry) => entry.id === name || repositories(entry).includes(name),
  );
  return matches.length === 1 ? (matches[0] ?? null) : null;
}
