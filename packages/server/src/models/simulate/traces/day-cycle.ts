import { randomFrom } from '../random.ts';
import type { Trace, TraceRequest } from '../trace.ts';
import { type World, modelsOf } from './world.ts';

const MODELS = 16;
const REQUESTS = 3_000;
const HOURS = 24;
/** Four days at this mean, on every machine. */
const MEAN_GAP_MS = 115_200;
const HOUR_MS = 3_600_000;
/** How many models are asked for at all hours. */
const SHARED = 4;

/**
 * Days: each model has its hours (a peak six hours wide, or all day for the shared ones) and its own popularity in
 * them.
 */
export function dayCycle(world: World, seed: number): Trace {
  const random = randomFrom(seed);
  const models = modelsOf(world, MODELS, random);
  const habits = models.map((_, at) => ({
    peakHour: random.between(0, HOURS),
    popularity: random.logBetween(1, 10),
    allDay: at < SHARED,
  }));
  const requests: TraceRequest[] = [];
  let atMs = 0;
  while (requests.length < REQUESTS) {
    atMs += random.exponential(MEAN_GAP_MS);
    const hour = (atMs / HOUR_MS) % HOURS;
    const weights = habits.map(({ peakHour, popularity, allDay }) => {
      const away = Math.abs(((hour - peakHour + 1.5 * HOURS) % HOURS) - HOURS / 2);
      return popularity * (allDay ? 0.25 : Math.exp(-((away / 2.5) ** 2)) + 0.005);
    });
    const modelId = models[random.weighted(weights)]?.id ?? '';
    requests.push({ modelId, holdMs: random.logBetween(300, 3_000) * world.pace, after: null, delayMs: atMs });
  }
  return { name: 'day-cycle', models, requests };
}
