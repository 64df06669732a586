import { type Random, randomFrom } from '../random.ts';
import type { SimulatedModel, Trace, TraceRequest } from '../trace.ts';
import { type World, modelsOf } from './world.ts';

const MODELS = 12;
const REQUESTS = 2_500;
const AGENTS = 4;
const TASK = { least: 5, most: 30 } as const;
const THINK_MS = { least: 200, most: 4_000 } as const;
const PAUSE_MS = 120_000;

/**
 * Agents that alternate between models (A B A B …) or run chains (A B C A B C …, such as OCR, chat and TTS), each step
 * after the answer of the one before and each round announced as a plan: a task of some rounds, then a pause and
 * another task. Half of an agent's tasks are of the kind it mostly does.
 */
export function interleaved(world: World, seed: number): Trace {
  const random = randomFrom(seed);
  const models = modelsOf(world, MODELS, random);
  const requests: TraceRequest[] = [];
  const agents = Array.from({ length: AGENTS }, () => ({ usual: cycle(models, random), last: null as number | null }));
  while (requests.length < REQUESTS) {
    for (const agent of agents) {
      const rotation = random.next() < 0.5 ? agent.usual : cycle(models, random);
      let delayMs = random.exponential(PAUSE_MS) * world.pace;
      for (let round = random.logBetween(TASK.least, TASK.most); round > 0; round--) {
        rotation.forEach((modelId, step) => {
          const holdMs = random.logBetween(300, 3_000) * world.pace;
          requests.push({ modelId, holdMs, after: agent.last, delayMs, plan: rotation.slice(step) });
          agent.last = requests.length - 1;
          delayMs = random.logBetween(THINK_MS.least, THINK_MS.most) * world.pace;
        });
      }
    }
  }
  return { name: 'interleaved', models, requests };
}

/** Two or three different models. */
function cycle(models: readonly SimulatedModel[], random: Random): string[] {
  const ids = models.map(({ id }) => id);
  const chosen: string[] = [];
  const length = random.next() < 0.5 ? 2 : 3;
  while (chosen.length < length) {
    const id = random.pick(ids);
    if (!chosen.includes(id)) chosen.push(id);
  }
  return chosen;
}
