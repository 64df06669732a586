import { openHandles, processCount, processMegabytes } from '../process-figures.ts';
import type { BenchServer } from '../bench-server.ts';
import type { Row } from '../report.ts';
import { trendOf } from './trend.ts';

/** What the server held after each cycle, nothing being loaded. */
export interface Cycle {
  readonly megabytes: number;
  readonly handles: number;
  readonly processes: number;
}

/** Loads the model with a request and unloads it, again and again. */
export async function runCycles(server: BenchServer, model: string, cycles: number): Promise<Cycle[]> {
  const figures: Cycle[] = [];
  const question = { model, messages: [{ role: 'user', content: 'Hello.' }], max_tokens: 1 };
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await (await server.post('/v1/chat/completions', question)).arrayBuffer();
    await server.unload(model);
    const { proportional } = await processMegabytes(server.pid);
    figures.push({
      megabytes: proportional,
      handles: openHandles(server.pid),
      processes: processCount(server.pid),
    });
    if ((cycle + 1) % 100 === 0) console.log(`  ${cycle + 1} of ${cycles} cycles`);
  }
  return figures;
}

const PER = 1000;
/** A server that kept a kilobyte of each load would grow by 1 MB. */
const MOST_MEGABYTES = 2;
const MOST_THINGS = 0.5;

/** The lines of the table: least and greatest are the ends of the 95 % confidence interval. */
export function cycleRows(cycles: readonly Cycle[]): Row[] {
  const grown = (what: string, unit: string, of: (cycle: Cycle) => number, atMost: number): Row => {
    const { perStep, low, high } = trendOf(cycles.map(of));
    return {
      what: `${what}, growth in ${PER.toLocaleString('en')} loads and unloads`,
      unit,
      values: [low, perStep, high].map((value) => value * PER),
      target: { atMost },
    };
  };
  const last = cycles.at(-1);
  return [
    grown("the server's memory", 'MB', (cycle) => cycle.megabytes, MOST_MEGABYTES),
    grown("the server's open files and sockets", 'handles', (cycle) => cycle.handles, MOST_THINGS),
    grown('processes under the server', 'processes', (cycle) => cycle.processes, MOST_THINGS),
    { what: "the server's memory after the last of them", unit: 'MB', values: [last?.megabytes ?? Number.NaN] },
  ];
}
