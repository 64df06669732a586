import { type Random, randomFrom } from '../random.ts';
import type { SimulatedModel, Trace, TraceRequest } from '../trace.ts';
import type { World } from './world.ts';

const HOURS = 8;
const HOUR_MS = 3_600_000;

/** Where each model lies between the least and the most of its world: its size, and its load time. */
const MODELS = {
  chat: [0.75, 0.6],
  coder: [1, 0.9],
  small: [0.45, 0.3],
  vision: [0.85, 1],
  ocr: [0.3, 0.35],
  asr: [0.35, 0.4],
  'tts-en': [0.1, 0.1],
  'tts-zh': [0.3, 0.5],
  embed: [0.05, 0.05],
  rerank: [0.2, 0.15],
} as const satisfies Record<string, readonly [number, number]>;

type ModelName = keyof typeof MODELS;

/** A habit of people or programs. */
interface Habit {
  /** How often it begins in an hour; a number of 1 or more begins as often, at random moments. */
  readonly perHour: number;
  /** Whether it comes by the clock. */
  readonly byTheClock?: boolean;
  /** The models of one round. */
  readonly steps: readonly ModelName[];
  readonly rounds: readonly [number, number];
  /** Between the rounds. */
  readonly pauseMs: readonly [number, number];
}

/**
 * A working day of a small team: conversations, voice, scans, an indexer, a job on the quarter hour, spells of
 * programming.
 */
const HABITS: readonly Habit[] = [
  { perHour: 6, steps: ['chat'], rounds: [2, 12], pauseMs: [8_000, 90_000] },
  { perHour: 3, steps: ['asr', 'chat', 'tts-zh'], rounds: [2, 8], pauseMs: [3_000, 20_000] },
  { perHour: 1.5, steps: ['asr', 'small', 'tts-en'], rounds: [2, 8], pauseMs: [3_000, 20_000] },
  { perHour: 2, steps: ['ocr', 'chat'], rounds: [1, 15], pauseMs: [500, 5_000] },
  { perHour: 0.7, steps: ['coder'], rounds: [5, 40], pauseMs: [2_000, 60_000] },
  { perHour: 1, steps: ['embed'], rounds: [10, 60], pauseMs: [100, 1_000] },
  { perHour: 5, steps: ['embed', 'rerank', 'chat'], rounds: [1, 4], pauseMs: [10_000, 60_000] },
  { perHour: 4, byTheClock: true, steps: ['small'], rounds: [1, 3], pauseMs: [500, 2_000] },
  { perHour: 0.5, steps: ['vision', 'chat'], rounds: [1, 5], pauseMs: [5_000, 60_000] },
];

/** One working day of mixed use; on a slower machine it is as many times as long. */
export function mixed(world: World, seed: number): Trace {
  const random = randomFrom(seed);
  const models = Object.entries(MODELS).map(([id, [size, load]]): SimulatedModel => {
    const near = (place: number, least: number, most: number): number =>
      Math.round(least * (most / least) ** Math.min(1, Math.max(0, place + random.between(-0.15, 0.15))));
    return {
      id,
      bytes: near(size, world.leastBytes, world.mostBytes),
      loadMs: near(load, world.leastLoadMs, world.mostLoadMs),
      stopMs: world.stopMs,
    };
  });
  const requests: TraceRequest[] = [];
  for (const habit of HABITS) {
    for (const startMs of startsOf(habit, random)) addTask(requests, habit, startMs * world.pace, world.pace, random);
  }
  return { name: 'mixed', models, requests };
}

function startsOf({ perHour, byTheClock = false }: Habit, random: Random): number[] {
  const starts: number[] = [];
  const gapMs = HOUR_MS / perHour;
  for (let atMs = 0; (atMs += byTheClock ? gapMs : random.exponential(gapMs)) < HOURS * HOUR_MS;) starts.push(atMs);
  return starts;
}

function addTask(requests: TraceRequest[], habit: Habit, startMs: number, pace: number, random: Random): void {
  let after: number | null = null;
  let delayMs = startMs;
  for (let left = Math.round(random.logBetween(...habit.rounds)); left > 0; left--) {
    for (const [step, modelId] of habit.steps.entries()) {
      const plan = habit.steps.length > 1 ? { plan: habit.steps.slice(step) } : {};
      requests.push({ modelId, holdMs: random.logBetween(300, 4_000) * pace, after, delayMs, ...plan });
      after = requests.length - 1;
      delayMs = 50;
    }
    delayMs = random.logBetween(...habit.pauseMs) * pace;
  }
}
