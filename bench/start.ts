import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startServer, type StartServerOptions } from '../test/started-server.ts';
import type { Bench, BenchContext } from './bench.ts';
import { interleave } from './measure.ts';
import { cpuSeconds, processMegabytes } from './process-figures.ts';
import { openModels } from './weights.ts';

const PROFILE = 'laptop';
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A second start, with everything pulled and built, must not take longer. */
const MOST_SECONDS = 3;
const SETTLE_MS = 200;

interface Start {
  readonly seconds: number;
  /** CPU seconds and megabytes of the started process, shortly after it was ready. */
  readonly cpu: number;
  readonly megabytes: number;
}

/** From nothing to listening. */
export const startBench: Bench = {
  name: 'start',
  sentence:
    'From the start of the process to "Server listening", everything pulled and built: npm start, and the server alone.',
  rounds: 5,
  async run(context) {
    await openModels(context.home, PROFILE, context.threads);
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const launcher = [npm, '--prefix', ROOT, 'start', '--'] as const;
    const variants = { npm: () => start(context, { launcher }), server: () => start(context, {}) };
    await interleave(1, variants);
    const starts = await interleave(context.rounds, variants);
    return {
      rows: [
        {
          what: 'npm start',
          unit: 's',
          values: starts.npm.map((one) => one.seconds),
          target: { atMost: MOST_SECONDS },
        },
        { what: 'the server alone', unit: 's', values: starts.server.map((one) => one.seconds) },
        { what: 'the server alone', unit: 'CPU s', values: starts.server.map((one) => one.cpu) },
        { what: "the server's memory after the start", unit: 'MB', values: starts.server.map((one) => one.megabytes) },
      ],
      notes: [`profile ${PROFILE}; no model is loaded at the start; one start of each before the first round`],
    };
  },
};

async function start(context: BenchContext, options: Pick<StartServerOptions, 'launcher'>): Promise<Start> {
  const server = await startServer({
    ...options,
    flags: ['--profile', PROFILE, '--threads', String(context.threads)],
    env: { CONCERT_HOME: context.home },
  });
  try {
    await sleep(SETTLE_MS);
    const { proportional } = await processMegabytes(server.pid);
    return { seconds: server.listeningMs / 1000, cpu: cpuSeconds(server.pid), megabytes: proportional };
  } finally {
    await server.stop();
  }
}
