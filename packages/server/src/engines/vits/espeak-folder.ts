import { rmSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';

/** espeak-ng's data as a folder of this process; the caller removes it. */
export interface EspeakFolder {
  readonly path: string;
  /** Puts back what a cleaner of temporary files took: espeak-ng reads the folder at every run and crashes without it. */
  ensure(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Lays files out as the folder espeak-ng wants, because the weight store keeps flat files: `layout` gives for a file's
 * name its place in the folder. Links where the system allows them, else copies. The folder is private to this user and
 * goes at `remove` or at the process's exit; those of killed processes go when the next one is made. Throws when a file is
 * not there or its place lies outside.
 */
export async function createEspeakFolder(
  files: Readonly<Record<string, string>>,
  layout: Readonly<Record<string, string>>,
): Promise<EspeakFolder> {
  const places = Object.entries(layout).map(([name, place]) => placed(name, place, files[name]));
  await removeLeftovers();
  const root = await mkdtemp(join(tmpdir(), `${prefix()}${process.pid}-`));
  const atExit = (): void => rmSync(root, { recursive: true, force: true });
  process.once('exit', atExit);
  const folder: EspeakFolder = {
    path: root,
    async ensure() {
      for (const { source, place } of places) await put(source, join(root, place));
    },
    async remove() {
      process.removeListener('exit', atExit);
      await rm(root, { recursive: true, force: true });
    },
  };
  try {
    await folder.ensure();
  } catch (error) {
    await folder.remove();
    throw error;
  }
  return folder;
}

function placed(name: string, place: string, source: string | undefined): { source: string; place: string } {
  if (source === undefined)
    throw new Error(`the model's catalogue entry lists no file ${name}, which its espeakData setting names`);
  const relative = normalize(place);
  if (isAbsolute(relative) || relative.startsWith('..'))
    throw new Error(`the espeakData setting puts ${name} outside its folder`);
  return { source, place: relative };
}

async function put(source: string, target: string): Promise<void> {
  if (await exists(target)) return;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  try {
    await symlink(source, target);
  } catch {
    // Windows allows links only to some users.
    await copyFile(source, target);
  }
}

/** The host is part of the name, because containers may share a temporary folder but not their process ids. */
function prefix(): string {
  return `concert-espeak-${hostname().replaceAll(/[^A-Za-z0-9.-]/g, '')}-`;
}

async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix())) continue;
    const pid = Number.parseInt(name.slice(prefix().length), 10);
    // Another user's folder stays: removing it fails, and it does no harm.
    if (pid > 0 && !isAlive(pid))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
