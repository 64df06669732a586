import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench, BenchContext } from './bench.ts';
import { type BenchServer, type Cost, costOf, startBenchServer } from './bench-server.ts';
import { interleave } from './measure.ts';
import { processMegabytes } from './process-figures.ts';
import type { Findings, Row } from './report.ts';
import { openModels } from './weights.ts';

const PICTURES = fileURLToPath(new URL('../test/fixtures/images', import.meta.url));
const PROFILE = 'laptop';

/** Text recognition, picture by picture. */
export const ocrBench: Bench = {
  name: 'ocr',
  sentence: 'Reading each of the test pictures over HTTP: seconds and CPU seconds a picture, memory.',
  rounds: 5,
  async run(context) {
    const { profile } = await openModels(context.home, PROFILE, context.threads);
    const model = profile.roles.ocr;
    const server = await startBenchServer(context, PROFILE, ['--preload', model, '--idle-unload', 'never']);
    try {
      return await readPictures(context, server, model);
    } finally {
      await server.stop();
    }
  },
};

async function readPictures(context: BenchContext, server: BenchServer, model: string): Promise<Findings> {
  const pids = [await server.workerPid(model), server.pid] as const;
  const all = readdirSync(PICTURES).filter((name) => /\.(png|jpg|webp)$/.test(name));
  const names = context.quick ? all.slice(0, 2) : all;
  const read = (name: string) => {
    const bytes = readFileSync(join(PICTURES, name));
    return () => costOf(pids, () => readOne(server, { model, name, bytes }));
  };
  const variants = Object.fromEntries(names.map((name) => [name, read(name)]));
  await interleave(1, variants);
  const costs = await interleave(context.rounds, variants);
  const rows = names.flatMap((name) => pictureRows(name, costs[name] ?? []));
  const perRound = Array.from({ length: context.rounds }, (_, round) => names.map((name) => costs[name]?.[round]));
  const mean = (of: (cost: Cost<number> | undefined) => number): number[] =>
    perRound.map((round) => round.reduce((sum, cost) => sum + of(cost), 0) / names.length);
  const memory = await processMegabytes(pids[0]);
  return {
    rows: [
      ...rows,
      { what: 'mean of all pictures', unit: 's', values: mean((cost) => cost?.seconds ?? Number.NaN) },
      { what: 'mean of all pictures', unit: 'CPU s', values: mean((cost) => cpuOf(cost)) },
      { what: "the engine's memory at the end", unit: 'MB', values: [memory.proportional] },
      { what: "the engine's memory at its peak", unit: 'MB', values: [memory.peak] },
    ],
    notes: [`${model}, threads: ${context.threads}; warm; CPU seconds are those of engine and server together`],
  };
}

function pictureRows(name: string, costs: readonly Cost<number>[]): Row[] {
  const lines = costs[0]?.result ?? 0;
  const what = `${name} (${lines} ${lines === 1 ? 'line' : 'lines'})`;
  return [
    { what, unit: 's', values: costs.map((cost) => cost.seconds) },
    { what, unit: 'CPU s', values: costs.map(cpuOf) },
  ];
}

function cpuOf(cost: Cost<unknown> | undefined): number {
  return cost?.cpu.reduce((sum, seconds) => sum + seconds, 0) ?? Number.NaN;
}

/** How many lines were read. */
async function readOne(
  server: BenchServer,
  picture: { readonly model: string; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> },
): Promise<number> {
  const form = new FormData();
  form.set('model', picture.model);
  form.set('image', new Blob([picture.bytes]), picture.name);
  const answer = (await (await server.post('/v1/ocr', form)).json()) as { readonly lines: readonly unknown[] };
  return answer.lines.length;
}
