import { createHash } from 'node:crypto';
import type { Bench, BenchContext } from '../bench.ts';
import { inTurn } from '../chat/in-turn.ts';
import { interleave } from '../measure.ts';
import { type Pair, withPair } from '../peer/pair.ts';
import type { Findings } from '../report.ts';
import { RUN_MARK } from '../run-mark.ts';
import type { ChatSide } from '../stream/chat-side.ts';
import { askTogether } from './common.ts';
import { Conversation, talk } from './conversation.ts';
import { type AfterReload, reloadRows, talkRows, togetherRows } from './rows.ts';

const SEQUENCES = 4;
const SEQUENCE_TOKENS = 2048;
const TURNS = 6;
const FEW = 3;
/** Twice as many as can be held at once. */
const MANY = 8;
const QUICK_MANY = 5;
const TURNS_BEFORE_UNLOAD = 3;

/** What is saved of histories that came before. */
export const prefixBench: Bench = {
  name: 'prefix',
  sentence:
    'Time to the first text of conversations that grow, against llama-server: few and many at once, after unload and load, common system prompts.',
  rounds: 5,
  byModel: true,
  run: (context) =>
    withPair(context, { sequences: SEQUENCES, sequenceTokens: SEQUENCE_TOKENS }, (pair) => measure(context, pair)),
};

async function measure(context: BenchContext, { sides, server }: Pair): Promise<Findings> {
  const turns = context.quick ? 3 : TURNS;
  await inTurn(sides, { round: -1, streams: SEQUENCES, sets: 1 });
  const both = async <T>(run: (side: ChatSide, round: number) => Promise<T>) =>
    interleave(context.rounds, {
      concert: (round) => run(sides.concert, round),
      llama: (round) => run(sides.llama, round),
    });
  console.log(`  ${FEW} conversations …`);
  const few = await both((side, round) => talk(side, conversations(`few ${round}`, FEW), turns));
  const many = context.quick ? QUICK_MANY : MANY;
  console.log(`  ${many} conversations …`);
  const crowd = await both((side, round) => talk(side, conversations(`many ${round}`, many), turns));
  console.log(`  ${SEQUENCES} at once behind a common system prompt …`);
  const first = await both((side, round) => askTogether(side, round, SEQUENCES, 0));
  const second = await both((side, round) => askTogether(side, round, SEQUENCES, 1));
  console.log('  going on after unload and load …');
  const reloads: AfterReload[] = [];
  for (let round = 0; round < context.rounds; round += 1) {
    reloads.push(await reload(sides.concert, `reload ${round}`, () => server.unload(context.model)));
  }
  return {
    rows: [
      ...talkRows(`${FEW} conversations`, few, true),
      ...talkRows(`${many} conversations`, crowd, false),
      ...togetherRows(`${SEQUENCES} at once behind a new system prompt`, first),
      ...togetherRows(`${SEQUENCES} at once behind a known system prompt`, second),
      ...reloadRows(reloads),
    ],
    notes: [
      `${context.model}, threads: ${context.threads} on both sides; ${SEQUENCES} sequences of ${SEQUENCE_TOKENS} tokens on both; the answers of each server become its own history`,
      'figures in ms are the time to the first text, the middle one of the conversations in each round; llama-server keeps its own defaults for caching prompts',
    ],
  };
}

/** Conversations take turns while the model stays; then it is unloaded, loaded by another question, and they go on. */
async function reload(side: ChatSide, name: string, unload: () => Promise<void>): Promise<AfterReload> {
  const known = conversations(name, FEW);
  await talk(side, known, TURNS_BEFORE_UNLOAD);
  await unload();
  // So that the load is in nobody's time.
  await side.ask([{ role: 'user', content: 'Hello.' }], 1);
  const strangers = known.map((one, index) => one.renumbered(numberOf(`${name} stranger ${index}`)));
  const resumed = (await talk(side, known, 1)).flat();
  return { resumed, fresh: (await talk(side, strangers, 1)).flat() };
}

function conversations(name: string, count: number): Conversation[] {
  return Array.from({ length: count }, (_, index) => new Conversation(numberOf(`${name} ${index}`)));
}

function numberOf(text: string): string {
  return createHash('sha256')
    .update(RUN_MARK + text)
    .digest('hex')
    .slice(0, 12);
}
