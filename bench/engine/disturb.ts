import { setTimeout as sleep } from 'node:timers/promises';
import { conversationFor } from '../chat/prompts.ts';
import { percentile, ratiosOf } from '../measure.ts';
import type { Row } from '../report.ts';
import type { ChatSide } from '../stream/chat-side.ts';
import { gapsIn } from './gaps.ts';
import { longPrompt } from './long-prompt.ts';

/** Streams that write while a long prompt is evaluated. */
export const DISTURBED_STREAMS = 4;
/** More than the longest prompt and its answer. */
export const DISTURBED_SEQUENCE_TOKENS = 5_120;
const LONG_PROMPT_TOKENS = 4_000;
const QUICK_PROMPT_TOKENS = 600;
/** Streams must not end before they are cut off. */
const STREAM_TOKENS = 900;
/** Pieces of text of each stream: until all of them write evenly, and for as long as they are watched undisturbed. */
const WARM_PIECES = 8;
const WATCHED_PIECES = 48;
const POLL_MS = 5;
const MOST_RATIO = 2;
/** A server needs a moment to notice that nobody listens any more. */
const SETTLE_MS = 500;

/** How evenly streams were written. */
export interface Disturbance {
  /** Milliseconds between one piece of text and the next, p95. */
  readonly quietMs: number;
  readonly disturbedMs: number;
  /** From the long prompt's sending to its first text. */
  readonly longFirstTextMs: number;
  readonly longPromptTokens: number;
  /** Streams that had ended before the long prompt was evaluated. */
  readonly ended: number;
}

/** Lets streams write, watches them undisturbed, then while a long prompt is evaluated beside them, and cuts them off. */
export async function disturb(side: ChatSide, round: number, quick: boolean): Promise<Disturbance> {
  const cutting = new AbortController();
  const pieces = Array.from({ length: DISTURBED_STREAMS }, () => 0);
  let running = DISTURBED_STREAMS;
  const answers = pieces.map(async (_, index) => {
    const messages = conversationFor({ round, streams: DISTURBED_STREAMS, set: 0, stream: index });
    const onEvents = (): void => void (pieces[index] = (pieces[index] ?? 0) + 1);
    const answer = await side.ask(messages, STREAM_TOKENS, { signal: cutting.signal, onEvents });
    running -= 1;
    return answer;
  });
  const written = async (least: number): Promise<void> => {
    while (running === DISTURBED_STREAMS && pieces.some((count) => count < least)) await sleep(POLL_MS);
  };
  // A failed stream shows below; until then nobody waits for it.
  const all = Promise.all(answers);
  all.catch(() => cutting.abort());
  await written(WARM_PIECES);
  const quietFromMs = performance.now();
  await written(WARM_PIECES + WATCHED_PIECES);
  const sentMs = performance.now();
  const long = await side.ask(longPrompt(round, quick ? QUICK_PROMPT_TOKENS : LONG_PROMPT_TOKENS), 1);
  const firstMs = performance.now();
  const ended = DISTURBED_STREAMS - running;
  cutting.abort();
  const times = (await all).map(({ textMs }) => textMs);
  await sleep(SETTLE_MS);
  return {
    quietMs: percentile(gapsIn(times, { fromMs: quietFromMs, toMs: sentMs }), 0.95),
    disturbedMs: percentile(gapsIn(times, { fromMs: sentMs, toMs: firstMs }), 0.95),
    longFirstTextMs: firstMs - sentMs,
    longPromptTokens: long.promptTokens,
    ended,
  };
}

/** The lines of the table; the target is Concert's. */
export function disturbanceRows(sides: {
  readonly concert: readonly Disturbance[];
  readonly llama: readonly Disturbance[];
}): Row[] {
  const rows = (name: string, rounds: readonly Disturbance[], target?: Row['target']): Row[] => {
    const quiet = rounds.map((round) => round.quietMs);
    const disturbed = rounds.map((round) => round.disturbedMs);
    const what = `between pieces of text, p95: ${name}`;
    return [
      { what: `${what}, undisturbed`, unit: 'ms', values: quiet },
      { what: `${what}, beside a long prompt`, unit: 'ms', values: disturbed },
      {
        what: `${what}, beside a long prompt / undisturbed`,
        unit: 'ratio',
        values: ratiosOf(disturbed, quiet),
        ...(target === undefined ? {} : { target }),
      },
      {
        what: `the long prompt's first text: ${name}`,
        unit: 's',
        values: rounds.map((round) => round.longFirstTextMs / 1000),
      },
    ];
  };
  return [...rows('Concert', sides.concert, { atMost: MOST_RATIO }), ...rows('llama-server', sides.llama)];
}
