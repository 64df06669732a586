import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import { conversationsOf, MAX_TOKENS } from './prompts.ts';
import { type SideRun, sumOf } from './run-figures.ts';

/** Something that answers conversations, all at once. */
export interface Side {
  run(conversations: readonly (readonly ChatMessage[])[], maxTokens: number): Promise<SideRun>;
}

/** What one round of a comparison runs. */
export interface RoundPlan {
  /** Counts from 0; -1 warms up. */
  readonly round: number;
  readonly streams: number;
  readonly sets: number;
}

/** One round of all sides: set by set in turn, and each side goes first as often as the others. */
export async function inTurn<Name extends string>(
  sides: Readonly<Record<Name, Side>>,
  { round, streams, sets }: RoundPlan,
): Promise<Readonly<Record<Name, SideRun>>> {
  const names = Object.keys(sides) as Name[];
  const runs = Object.fromEntries(names.map((name) => [name, [] as SideRun[]])) as Record<Name, SideRun[]>;
  for (let set = 0; set < sets; set += 1) {
    const conversations = conversationsOf({ round, streams, set });
    const first = Math.max(0, round + set) % names.length;
    const order = [...names.slice(first), ...names.slice(0, first)];
    for (const name of order) runs[name].push(await sides[name].run(conversations, MAX_TOKENS));
  }
  return Object.fromEntries(names.map((name) => [name, sumOf(runs[name])])) as Record<Name, SideRun>;
}
