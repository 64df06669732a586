import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../options.ts';

const FOLDER = fileURLToPath(new URL('../../.cache/bench-python', import.meta.url));
const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const WINDOWS = process.platform === 'win32';

/**
 * The interpreter of an environment with PyTorch and Transformers, made in the repository's cache when it is not there yet or when
 * the list of packages has changed. Throws BenchError that says what to do when that fails.
 */
export async function benchPython(): Promise<string> {
  const python = WINDOWS ? join(FOLDER, 'Scripts', 'python.exe') : join(FOLDER, 'bin', 'python');
  const stamp = join(FOLDER, '.requirements');
  const digest = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return python;
  console.log('  installing PyTorch and Transformers; on Linux this fetches some gigabytes, once …');
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(dirname(FOLDER), { recursive: true });
  if ((await run(WINDOWS ? 'python' : 'python3', ['-m', 'venv', FOLDER])) !== 0) {
    throw new BenchError('Python 3.10 or newer with venv is needed; on Debian: apt-get install python3-venv');
  }
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off', '-r', REQUIREMENTS];
  if ((await run(python, pip)) !== 0) {
    throw new BenchError(
      'pip could not install PyTorch and Transformers (above is why); check the network, or name an index of CPU builds in PIP_EXTRA_INDEX_URL, and run the bench again',
    );
  }
  writeFileSync(stamp, digest);
  return python;
}

/** Runs a program and shows which package pip is at; its errors are shown as they come. */
function run(program: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const name = /^Collecting ([\w.-]+)/.exec(line)?.[1];
      if (name !== undefined) console.log(`    ${name}`);
      if (line.startsWith('Installing collected packages')) console.log('    unpacking …');
    });
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
}
