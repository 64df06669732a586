import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchContext } from './bench.ts';
import { type BenchServer, startBenchServer } from './bench-server.ts';
import { cpuSeconds, processMegabytes, type ProcessMegabytes } from './process-figures.ts';
import type { Findings, Row } from './report.ts';
import { type BenchModels, openModels } from './weights.ts';

const PROFILE = 'laptop';
const MOST_SERVER_MEGABYTES = 120;
const LEAST_GIVEN_BACK_PERCENT = 90;
/** Long enough that no model leaves between its request and its measurement. */
const IDLE_SECONDS = 5;
/** The server gives back what its start needed. */
const SETTLE_MS = 2_000;
const POLL_MS = 100;
const MOST_WAIT_MS = 60_000;
const PICTURE = new URL('../test/fixtures/images/receipt.png', import.meta.url);
const RECORDING = new URL('../test/fixtures/audio/spoken.flac', import.meta.url);

interface Round {
  readonly server: ProcessMegabytes;
  readonly serverCpu: number;
  /** By model id. */
  readonly workers: Readonly<Record<string, ProcessMegabytes>>;
  readonly treeBefore: number;
  readonly treeLoaded: number;
  readonly treeAfter: number;
}

/** What the server and its models hold. */
export const memoryBench: Bench = {
  name: 'memory',
  sentence: 'Memory of the server with no model loaded, of each model after one request, and after all were unloaded.',
  rounds: 3,
  async run(context) {
    const models = await openModels(context.home, PROFILE, context.threads);
    const requests = requestsOf(models);
    const rounds: Round[] = [];
    for (let round = 0; round < context.rounds; round += 1) rounds.push(await oneRound(context, requests));
    return findings(models, rounds);
  },
};

type Requests = readonly { readonly model: string; readonly path: string; body(): object | FormData }[];

/** One request for each model of the profile. */
function requestsOf({ profile: { roles } }: BenchModels): Requests {
  const form = (model: string, name: string, file: URL): FormData => {
    const made = new FormData();
    made.set('model', model);
    made.set(name, new Blob([readFileSync(file)]), file.pathname.split('/').at(-1));
    return made;
  };
  const question = [{ role: 'user', content: 'Name three rivers.' }];
  const spoken: Readonly<Record<string, string>> = { zh: '今天天气很好，我们去公园散步吧。' };
  return [
    {
      model: roles.chat,
      path: '/v1/chat/completions',
      body: () => ({ model: roles.chat, messages: question, temperature: 0, max_tokens: 32 }),
    },
    { model: roles.ocr, path: '/v1/ocr', body: () => form(roles.ocr, 'image', PICTURE) },
    { model: roles.asr, path: '/v1/audio/transcriptions', body: () => form(roles.asr, 'file', RECORDING) },
    ...(roles.embed === undefined
      ? []
      : [
          {
            model: roles.embed,
            path: '/v1/embeddings',
            body: () => ({ model: roles.embed, input: question[0]?.content }),
          },
        ]),
    ...Object.entries(roles.tts).map(([language, model]) => ({
      model,
      path: '/v1/audio/speech',
      body: () => ({
        model,
        voice: 'auto',
        input: spoken[language] ?? 'The weather is fine today.',
        response_format: 'wav',
      }),
    })),
  ];
}

async function oneRound(context: BenchContext, requests: Requests): Promise<Round> {
  const server = await startBenchServer(context, PROFILE, ['--idle-unload', `${IDLE_SECONDS}s`]);
  try {
    await sleep(SETTLE_MS);
    const empty = await processMegabytes(server.pid);
    const serverCpu = cpuSeconds(server.pid);
    const treeBefore = await server.treeBytes();
    const workers: Record<string, ProcessMegabytes> = {};
    let treeLoaded = treeBefore;
    for (const { model, path, body } of requests) {
      await (await server.post(path, body())).arrayBuffer();
      workers[model] = await processMegabytes(await server.workerPid(model));
      // Models leave while others are tried, so the fullest moment counts.
      treeLoaded = Math.max(treeLoaded, await server.treeBytes());
    }
    await allUnloaded(server);
    return { server: empty, serverCpu, workers, treeBefore, treeLoaded, treeAfter: await server.treeBytes() };
  } finally {
    await server.stop();
  }
}

async function allUnloaded(server: BenchServer): Promise<void> {
  const until = performance.now() + MOST_WAIT_MS;
  while (performance.now() < until) {
    if ((await server.slots()).every((slot) => slot.state === 'unloaded')) return;
    await sleep(POLL_MS);
  }
  throw new Error(`models are still loaded ${MOST_WAIT_MS / 1000} s after the last request`);
}

function findings(models: BenchModels, rounds: readonly Round[]): Findings {
  const row = (what: string, of: (round: Round) => number, target?: Row['target'], unit = 'MB'): Row => ({
    what,
    unit,
    values: rounds.map(of),
    ...(target === undefined ? {} : { target }),
  });
  const worker = (round: Round, id: string, of: keyof ProcessMegabytes): number =>
    round.workers[id]?.[of] ?? Number.NaN;
  const ids = Object.keys(rounds[0]?.workers ?? {});
  return {
    rows: [
      row('server, no model loaded', (round) => round.server.proportional, { atMost: MOST_SERVER_MEGABYTES }),
      row('server, no model loaded, shared pages in full', (round) => round.server.resident),
      row('server, CPU until then', (round) => round.serverCpu, undefined, 'CPU s'),
      ...ids.flatMap((id) => [
        row(`${id}: after one request`, (round) => worker(round, id, 'proportional')),
        row(`${id}: at its peak`, (round) => worker(round, id, 'peak')),
        row(`${id}: estimated`, () => models.estimateBytes(id) / 1e6),
        row(
          `${id}: peak / estimate`,
          (round) => (worker(round, id, 'peak') * 1e6) / models.estimateBytes(id),
          undefined,
          'ratio',
        ),
      ]),
      row('all processes before', (round) => round.treeBefore / 1e6),
      row('all processes at the fullest', (round) => round.treeLoaded / 1e6),
      row('all processes after idle unload', (round) => round.treeAfter / 1e6),
      row('given back', givenBackPercent, { atLeast: LEAST_GIVEN_BACK_PERCENT }, '%'),
    ],
    notes: [
      `profile ${models.profile.id}; a fresh server each round; MB are 10^6 bytes of PSS; idle unload after ${IDLE_SECONDS} s`,
    ],
  };
}

/** How much of what the models took came back. */
function givenBackPercent({ treeBefore, treeLoaded, treeAfter }: Round): number {
  return ((treeLoaded - treeAfter) / (treeLoaded - treeBefore)) * 100;
}
