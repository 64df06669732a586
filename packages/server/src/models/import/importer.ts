/** What an importer is given. Files are named as the catalogue names them; paths are absolute. */
export interface ImportJob {
  /** The fetched files, already verified against their SHA-256. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Where each result must be written; the folders exist, and nobody reads the files before the importer returns. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Gives up; the importer throws the signal's reason at its next step. */
  readonly signal: AbortSignal;
  /** Called now and then with the part of the work that is done, from 0 to 1. */
  onProgress(doneFraction: number): void;
}

/**
 * Turns fetched files into those an engine loads. It runs in a process or thread of its own, so it may block; it writes
 * the same bytes every time on every machine, because the catalogue holds their SHA-256. Throws an Error whose message
 * says which input is at fault. Each module `models/import/<importer>.ts` exports one as `runImport`.
 */
export type Importer = (job: ImportJob) => Promise<void>;

/** The path of a file by its catalogue name; throws where the catalogue's import does not list it. */
export function importPath(paths: Readonly<Record<string, string>>, name: string): string {
  const path = paths[name];
  if (path === undefined) throw new Error(`the catalogue's import lists no file ${name}, which its importer needs`);
  return path;
}

/** The path of the one output whose catalogue name ends so, as models may share endings but not names; throws where there is none. */
export function outputEndingIn(outputs: Readonly<Record<string, string>>, ending: string): string {
  const name = Object.keys(outputs).find((candidate) => candidate.endsWith(ending));
  if (name === undefined)
    throw new Error(`the catalogue's import makes no file ending in ${ending}, which its importer writes`);
  return importPath(outputs, name);
}
