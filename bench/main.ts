import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../packages/server/src/config-values.ts';
import { GatewayError } from '../packages/server/src/shared/errors.ts';
import type { Bench } from './bench.ts';
import { BENCHES } from './benches.ts';
import { disturbance, thisMachine } from './measure.ts';
import { BenchError, type BenchOptions, DEFAULT_MODEL, parseOptions } from './options.ts';
import { writePage } from './page.ts';
import { keepReport, renderReport, type Report } from './report.ts';
import { defaultHome } from './weights.ts';

/** Makes the page of results. */
const REPORT = 'report';
const RESULTS = fileURLToPath(new URL('./results', import.meta.url));
const DOCS = fileURLToPath(new URL('../docs', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

/** `npm run bench`: runs the benches that the arguments name, or lists them; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // The servers that are being measured end with this process.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  let options: BenchOptions;
  try {
    const names = BENCHES.map(({ name }) => name);
    const all = BENCHES.filter(({ apart }) => apart !== true).map(({ name }) => name);
    options = parseOptions(args, [...names, REPORT], all);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    console.error(`bench: ${error.message}`);
    return EXIT.usage;
  }
  if (options.names.length === 0) {
    console.log(listing());
    return EXIT.fine;
  }
  let code: number = EXIT.fine;
  for (const name of options.names) {
    const bench = BENCHES.find((candidate) => candidate.name === name);
    if (bench !== undefined && !(await runOne(bench, options, args))) code = EXIT.failed;
    if (name === REPORT) {
      const written = writePage({ results: RESULTS, docs: DOCS, benches: BENCHES.map((each) => each.name) });
      console.log(written.map((file) => `wrote ${file}`).join('\n'));
    }
  }
  return code;
}

/** Runs a bench, prints its table and keeps it; false, with a sentence printed, when it could not run. */
async function runOne(bench: Bench, options: BenchOptions, args: readonly string[]): Promise<boolean> {
  const rounds = options.rounds ?? (options.quick ? 1 : bench.rounds);
  const home = options.home ?? defaultHome();
  console.log(`${bench.name}: ${rounds} ${rounds === 1 ? 'round' : 'rounds'} …`);
  try {
    const before = disturbance();
    const { tooShort = false, ...found } = await bench.run({ ...options, home, rounds });
    const report: Report = {
      name: bench.name,
      subject: bench.byModel === true && options.model !== DEFAULT_MODEL ? options.model : null,
      command: commandOf(bench.name, args, options.names),
      rounds,
      quick: options.quick || tooShort,
      ...found,
      machine: thisMachine(),
      commit: commit(),
      at: new Date().toISOString(),
      before,
      after: disturbance(),
    };
    console.log(`\n${renderReport(report)}\n- kept in ${keepReport(report, RESULTS)}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(`${bench.name}: ${isPlainSentence(error) ? error.message : error.stack}`);
    return false;
  }
}

/** The command that runs this bench alone as it was run now; folders are the runner's own. */
function commandOf(name: string, args: readonly string[], names: readonly string[]): string {
  const own = args.filter(
    (arg, index) =>
      ![...names, 'all', '--home', '--llama-server'].includes(arg) &&
      !/^--(home|llama-server)=/.test(arg) &&
      !['--home', '--llama-server'].includes(args[index - 1] ?? ''),
  );
  return ['npm run bench --', name, ...own].join(' ');
}

function isPlainSentence(error: Error): boolean {
  return [BenchError, ConfigError, GatewayError].some((kind) => error instanceof kind);
}

function listing(): string {
  const width = Math.max(...BENCHES.map(({ name }) => name.length));
  return [
    'npm run bench -- <name…> [flags]',
    '',
    ...BENCHES.map(({ name, sentence }) => `  ${name.padEnd(width)}  ${sentence}`),
    `  ${'all'.padEnd(width)}  All of them but ${BENCHES.flatMap(({ name, apart }) => (apart === true ? [name] : [])).join(' and ')}, one after the other.`,
    `  ${REPORT.padEnd(width)}  Makes docs/benchmarks.md from the newest full run of each.`,
    '',
    'Flags: --rounds N, --home FOLDER, --model ID, --threads N, --quick, --llama-server FILE, --cycles N (lifecycle),',
    '--minutes N, --memory-budget SIZE, --clients N (soak). docs/benchmarks.md tells more.',
  ].join('\n');
}

function commit(): string | null {
  const git = spawnSync('git', ['describe', '--always', '--dirty=+', '--exclude=*'], { cwd: ROOT, encoding: 'utf8' });
  return git.status === 0 ? git.stdout.trim() : null;
}
