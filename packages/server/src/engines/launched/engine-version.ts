import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compareVersions } from '../../machine/version.ts';
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
  return compareVersions(version, least) >= 0;
}
