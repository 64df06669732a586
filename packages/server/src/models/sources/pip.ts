import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SourceError } from './source.ts';

/** A Python package at one version. */
export interface Requirement {
  readonly package: string;
  readonly version: string;
  /** Its wheel for this platform, in pip's words, wherever we run: of packages that also hold programs, but not for every machine. */
  readonly platform?: string | undefined;
}

/** Where a wheel can be had, as the package index says. */
export interface WheelAddress {
  readonly url: string;
  readonly sha256: string;
}

/** pip's installation report, version 1, as far as it is used (see pip's documentation, "Installation Report"). */
const Report = z.object({
  install: z.array(
    z.object({
      metadata: z.object({ name: z.string(), version: z.string() }),
      download_info: z.object({
        url: z.string(),
        archive_info: z
          .object({ hash: z.string().nullish(), hashes: z.object({ sha256: z.string().nullish() }).nullish() })
          .nullish(),
      }),
    }),
  ),
});

const NO_PIP =
  'the package registry is asked through Python’s pip, which is not here: install it with `apt install python3-pip` (Debian, Ubuntu), ' +
  '`brew install python` (macOS) or `winget install Python.Python.3.12` (Windows), and try again';

/** The commands under which Python is usually found. */
const PYTHON_COMMANDS: readonly string[] =
  process.platform === 'win32' ? ['py', 'python', 'python3'] : ['python3', 'python'];

/** Asks a package index through pip, so that pip's own settings (index, mirror, proxy, certificates) hold. */
export class Pip {
  readonly #commands: readonly string[];

  constructor(commands: readonly string[] = PYTHON_COMMANDS) {
    this.#commands = commands;
  }

  /**
   * Addresses and digests of wheels, by `name==version` with the name normalised; without those whose report lacks one
   * of the two. Throws SourceError where pip is missing, too old or refuses.
   */
  async locate(requirements: readonly Requirement[], signal: AbortSignal): Promise<ReadonlyMap<string, WheelAddress>> {
    const found = new Map<string, WheelAddress>();
    for (const platform of new Set(requirements.map((requirement) => requirement.platform))) {
      const asked = requirements.filter((requirement) => requirement.platform === platform);
      for (const [key, address] of await this.#ask(asked, platform, signal)) found.set(key, address);
    }
    return found;
  }

  async #ask(
    requirements: readonly Requirement[],
    platform: string | undefined,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, WheelAddress>> {
    const options = ['install', '--dry-run', '--ignore-installed', '--no-deps', '--quiet', '--report', '-'];
    // For another platform pip wants a folder, into which a dry run writes nothing.
    const foreign = platform === undefined ? [] : [...wheelsFor(platform), '--target', 'wheels'];
    const text = await this.#run([...options, ...foreign, ...requirements.map(pinOf)], signal);
    let report: z.infer<typeof Report>;
    try {
      // pip may print warnings before the report.
      report = Report.parse(JSON.parse(text.slice(Math.max(0, text.indexOf('{')))));
    } catch (error) {
      throw new SourceError('pip’s report is not in the form that it documents', { cause: error });
    }
    const found = new Map<string, WheelAddress>();
    for (const { metadata, download_info: info } of report.install) {
      const sha256 =
        info.archive_info?.hashes?.sha256 ?? /^sha256=([0-9a-f]{64})$/.exec(info.archive_info?.hash ?? '')?.[1];
      if (typeof sha256 === 'string')
        found.set(wheelKey({ package: metadata.name, version: metadata.version }), { url: info.url, sha256 });
    }
    return found;
  }

  /** Lets pip fetch one wheel into an empty folder and returns its path; for versions of pip that cannot report. */
  async download(requirement: Requirement, folder: string, signal: AbortSignal): Promise<string> {
    const wheels = requirement.platform === undefined ? ['--only-binary', ':all:'] : wheelsFor(requirement.platform);
    await this.#run(['download', '--no-deps', '--quiet', ...wheels, '--dest', folder, pinOf(requirement)], signal);
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new SourceError(`pip fetched no wheel of ${pinOf(requirement)}`);
    return join(folder, wheel);
  }

  async #run(args: readonly string[], signal: AbortSignal): Promise<string> {
    for (const command of this.#commands) {
      const result = await run(command, ['-m', 'pip', '--disable-pip-version-check', '--no-input', ...args], signal);
      if (result.kind === 'absent') continue;
      if (result.kind === 'done') return result.stdout;
      if (/No module named pip/.test(result.stderr)) throw new SourceError(NO_PIP, { unreachable: true });
      throw new SourceError(`pip says: ${lastWords(result.stderr)}`, { unreachable: isNetworkFailure(result.stderr) });
    }
    throw new SourceError(NO_PIP, { unreachable: true });
  }
}

/** One spelling for a package's names (PEP 503) and its version. */
export function wheelKey(requirement: Requirement): string {
  return `${requirement.package.toLowerCase().replace(/[-_.]+/g, '-')}==${requirement.version}`;
}

function wheelsFor(platform: string): readonly string[] {
  return ['--only-binary', ':all:', '--platform', platform];
}

function pinOf(requirement: Requirement): string {
  return `${requirement.package}==${requirement.version}`;
}

type RunResult = { kind: 'absent' } | { kind: 'done'; stdout: string } | { kind: 'failed'; stderr: string };

function run(command: string, args: readonly string[], signal: AbortSignal): Promise<RunResult> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    execFile(command, args, { signal, maxBuffer: 64 * 1024 * 1024, windowsHide: true }, (error, stdout, stderr) => {
      if (error === null) resolve({ kind: 'done', stdout });
      else if (signal.aborted) reject(signal.reason as Error);
      else if (error.code === 'ENOENT') resolve({ kind: 'absent' });
      // Windows has a `python` that only opens its shop.
      else if (Number(error.code) === 9009) resolve({ kind: 'absent' });
      else resolve({ kind: 'failed', stderr: stderr || error.message });
    });
  });
}

function isNetworkFailure(stderr: string): boolean {
  return /NewConnectionError|ConnectTimeout|Failed to establish a new connection|Temporary failure in name resolution|getaddrinfo/i.test(
    stderr,
  );
}

/** pip's own last line, without the addresses in it. */
function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const line = lines.findLast((text) => text.startsWith('ERROR:')) ?? lines.at(-1) ?? 'nothing';
  return line
    .replace(/^ERROR:\s*/, '')
    .replace(/\bhttps?:\/\/\S+/g, '(address)')
    .slice(0, 300);
}
