import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The interpreter with the official clients, as `npm test` prepared it; null when it was not. */
export function testPython(): string | null {
  return process.env['CONCERT_TEST_PYTHON'] ?? null;
}

/** Runs a program of `test/python` in which only the server's address is another, and returns what it printed. */
export async function runPython(name: string, serverUrl: string, args: readonly string[] = []): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'concert-python-'));
  try {
    const source = readFileSync(new URL(`../python/${name}`, import.meta.url), 'utf8');
    const program = join(folder, basename(name));
    writeFileSync(program, source.replaceAll('http://127.0.0.1:8000', serverUrl));
    const { stdout } = await run(testPython() ?? 'python3', [program, ...args, folder], { maxBuffer: 2 ** 24 });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
