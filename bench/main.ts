import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../packages/server/src/config-values.ts';
import { GatewayError } from '../packages/server/src/shared/errors.ts';
import type { Bench } from './bench.ts';
import { chatBench } from './chat/bench.ts';
import { disturbance, thisMachine } from './measure.ts';
import { memoryBench } from './memory.ts';
import { ocrBench } from './ocr.ts';
import { BenchError, type BenchOptions, parseOptions } from './options.ts';
import { keepReport, renderReport, type Report } from './report.ts';
import { speechBench } from './speech.ts';
import { startBench } from './start.ts';
import { defaultHome } from './weights.ts';

const BENCHES: readonly Bench[] = [chatBench, ocrBench, speechBench, startBench, memoryBench];
const RESULTS = fileURLToPath(new URL('./results', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

/** `npm run bench`: runs the benches that the arguments name, or lists them; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // The servers that are being measured end with this process.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  let options: BenchOptions;
  try {
    options = parseOptions(
      args,
      BENCHES.map(({ name }) => name),
    );
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
    if (bench !== undefined && !(await runOne(bench, options))) code = EXIT.failed;
  }
  return code;
}

/** Runs a bench, prints its table and keeps it; false, with a sentence printed, when it could not run. */
async function runOne(bench: Bench, options: BenchOptions): Promise<boolean> {
  const rounds = options.rounds ?? (options.quick ? 1 : bench.rounds);
  const home = options.home ?? defaultHome();
  console.log(`${bench.name}: ${rounds} ${rounds === 1 ? 'round' : 'rounds'} …`);
  try {
    const before = disturbance();
    const found = await bench.run({
      home,
      rounds,
      quick: options.quick,
      model: options.model,
      threads: options.threads,
    });
    const report: Report = {
      name: bench.name,
      rounds,
      quick: options.quick,
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

function isPlainSentence(error: Error): boolean {
  return [BenchError, ConfigError, GatewayError].some((kind) => error instanceof kind);
}

function listing(): string {
  const width = Math.max(...BENCHES.map(({ name }) => name.length));
  return [
    'npm run bench -- <name…> [--rounds N] [--home FOLDER] [--model ID] [--threads N] [--quick]',
    '',
    ...BENCHES.map(({ name, sentence }) => `  ${name.padEnd(width)}  ${sentence}`),
    `  ${'all'.padEnd(width)}  All of them, one after the other.`,
  ].join('\n');
}

function commit(): string | null {
  const git = spawnSync('git', ['describe', '--always', '--dirty=+', '--exclude=*'], { cwd: ROOT, encoding: 'utf8' });
  return git.status === 0 ? git.stdout.trim() : null;
}
