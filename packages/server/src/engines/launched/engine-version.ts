import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GatewayError } from '../../shared/errors.ts';
import { childEnvironment } from './child-environment.ts';

const run = promisify(execFile);
/** Importing PyTorch from a cold disk takes its time. */
const TIMEOUT_MS = 120_000;

/** Runs a short program of an engine and gives what it wrote, both outputs together. Throws `model_failed` when it cannot be run. */
export async function askEngine(
  command: readonly string[],
  options: { readonly name: string; readonly install: string; readonly signal: AbortSignal },
): Promise<string> {
  const [file = '', ...args] = command;
  try {
    const { stdout, stderr } = await run(file, args, {
      env: childEnvironment({}),
      timeout: TIMEOUT_MS,
      signal: options.signal,
      maxBuffer: 2 ** 24,
    });
    return `${stdout}\n${stderr}`;
  } catch (error) {
    options.signal.throwIfAborted();
    const { code } = error as { code?: unknown };
    const why = code === 'ENOENT' ? `there is no program "${file}"` : `"${command.join(' ')}" fails`;
    throw new GatewayError(
      'model_failed',
      `${options.name} cannot be started: ${why}; install it (${options.install}) or name it in the model's settings as \`command\``,
      { cause: error },
    );
  }
}

/** The first version number in a text, such as `0.12.0` or `0.5.6.post1`; null where there is none. */
export function findVersion(text: string): string | null {
  return /\b\d+\.\d+(?:\.\d+)*(?:[._-]?(?:post|rc|dev|a|b)\.?\d*)*/.exec(text)?.[0] ?? null;
}

/** Whether a version is at least `least`; a release candidate or a development build of a version comes before it, a post release after. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [orderOf(version), orderOf(least)];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Numbers that compare like the versions: four of the release, then -1 for one before it, or the number of a post release. */
function orderOf(version: string): number[] {
  const release = /^\d+(?:\.\d+)*/.exec(version)?.[0].split('.').map(Number) ?? [];
  const post = /post\.?(\d*)/.exec(version);
  const before = /rc|dev|\da\d|\db\d/.test(version);
  const tail = post === null ? (before ? -1 : 0) : Number(post[1] ?? 0) + 1;
  return [...[0, 1, 2, 3].map((at) => release[at] ?? 0), tail];
}
