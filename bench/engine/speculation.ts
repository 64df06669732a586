import type { BenchContext } from '../bench.ts';
import { engineSettings, type Limits } from '../limits-file.ts';
import { ratiosOf } from '../measure.ts';
import { withConcert } from '../peer/pair.ts';
import type { Findings, Row } from '../report.ts';
import type { ChatSide } from '../stream/chat-side.ts';
import { messagesOf, REAL_CHATS } from './real-chats.ts';

const SEQUENCE_TOKENS = 1024;
const ANSWER_TOKENS = 128;
/** It must not cost more than it brings. */
const LEAST_RATIO = 1;

/** One chat with and without. */
export interface SpeculationRun {
  readonly kind: string;
  readonly on: SpeculationSide;
  readonly off: SpeculationSide;
}

interface SpeculationSide {
  readonly tokens: number;
  /** From the first text to the last. */
  readonly seconds: number;
  readonly text: string;
}

/** The same chats with guessing ahead as it comes and without it, one at a time. */
export async function speculationFindings(context: BenchContext): Promise<Findings> {
  const limits = (speculation: 'auto' | 'off'): Limits => ({
    sequences: 1,
    sequenceTokens: SEQUENCE_TOKENS,
    more: engineSettings(context, { speculation }),
  });
  return withConcert(context, limits('auto'), (on) =>
    withConcert(context, limits('off'), async (off) => {
      const chats = context.quick ? REAL_CHATS.slice(0, 2) : REAL_CHATS;
      const rounds: SpeculationRun[][] = [];
      for (let round = -1; round < context.rounds; round += 1) {
        const runs: SpeculationRun[] = [];
        for (const [index, chat] of chats.entries()) {
          const messages = messagesOf(chat, round);
          // Each side goes first in half of the chats: the second one finds a warmer machine.
          const onFirst = (index + round) % 2 === 0;
          const first = await answer(onFirst ? on : off, messages);
          const second = await answer(onFirst ? off : on, messages);
          runs.push({ kind: chat.kind, on: onFirst ? first : second, off: onFirst ? second : first });
        }
        if (round >= 0) rounds.push(runs);
      }
      return {
        rows: speculationRows(rounds),
        notes: [
          'speculation: one chat at a time, tokens/s from the first text on; both sides evaluate the whole prompt',
        ],
      };
    }),
  );
}

async function answer(side: ChatSide, messages: ReturnType<typeof messagesOf>): Promise<SpeculationSide> {
  const { completionTokens, text, textMs } = await side.ask(messages, ANSWER_TOKENS);
  return { tokens: completionTokens, text, seconds: ((textMs.at(-1) ?? 0) - (textMs[0] ?? 0)) / 1000 };
}

/** The lines of the table: all chats together, then each kind, and how many answers are the same. */
export function speculationRows(rounds: readonly (readonly SpeculationRun[])[]): Row[] {
  const speeds = (side: 'on' | 'off', kind: string | null): number[] =>
    rounds.map((runs) => {
      const of = runs.filter((run) => kind === null || run.kind === kind).map((run) => run[side]);
      return sum(of.map(({ tokens }) => tokens)) / sum(of.map(({ seconds }) => seconds));
    });
  const same = rounds.map((runs) => (runs.filter(({ on, off }) => on.text === off.text).length / runs.length) * 100);
  return [
    { what: 'real chats without speculation', unit: 'tokens/s', values: speeds('off', null) },
    { what: 'real chats with speculation', unit: 'tokens/s', values: speeds('on', null) },
    {
      what: 'real chats, with speculation / without',
      unit: 'ratio',
      values: ratiosOf(speeds('on', null), speeds('off', null)),
      target: { atLeast: LEAST_RATIO },
    },
    ...(rounds[0] ?? []).map(({ kind }): Row => ({
      what: `${kind}, with speculation / without`,
      unit: 'ratio',
      values: ratiosOf(speeds('on', kind), speeds('off', kind)),
    })),
    { what: 'answers that are the same with speculation', unit: '%', values: same, target: { atLeast: 100 } },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
