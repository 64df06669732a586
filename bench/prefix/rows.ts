import { percentile, ratiosOf, spreadOf } from '../measure.ts';
import type { Row } from '../report.ts';
import type { Turn } from './conversation.ts';

/** Turns by place in the conversation, then by conversation. */
export type Talk = readonly (readonly Turn[])[];

/** The rounds of both servers. */
export interface BothSides<T> {
  readonly concert: readonly T[];
  readonly llama: readonly T[];
}

const firstTexts = (turns: readonly Turn[]): number[] => turns.map((turn) => turn.firstTextMs);
const middle = (turns: readonly Turn[]): number => spreadOf(firstTexts(turns)).median;
const cachedShare = (turns: readonly Turn[]): number =>
  (turns.reduce((sum, turn) => sum + turn.cachedTokens, 0) / turns.reduce((sum, turn) => sum + turn.promptTokens, 0)) *
  100;
const later = (talk: Talk): Turn[] => talk.slice(1).flat();

const MOST_RATIO = 1;

/** The lines for conversations whose history grows; with `target`, Concert must not be slower than the other. */
export function talkRows(what: string, { concert, llama }: BothSides<Talk>, byTurn: boolean): Row[] {
  const turns = byTurn ? (concert[0] ?? []).map((_, turn) => turn) : [];
  const last = (concert[0]?.length ?? 0) - 1;
  return [
    ...turns.flatMap((turn): Row[] => [
      {
        what: `${what}, turn ${turn + 1}: Concert`,
        unit: 'ms',
        values: concert.map((talk) => middle(talk[turn] ?? [])),
      },
      {
        what: `${what}, turn ${turn + 1}: llama-server`,
        unit: 'ms',
        values: llama.map((talk) => middle(talk[turn] ?? [])),
      },
    ]),
    {
      what: `${what}, turns 2 to ${last + 1}: Concert`,
      unit: 'ms',
      values: concert.map((talk) => middle(later(talk))),
    },
    {
      what: `${what}, turns 2 to ${last + 1}: llama-server`,
      unit: 'ms',
      values: llama.map((talk) => middle(later(talk))),
    },
    {
      what: `${what}, turns 2 to ${last + 1}: Concert / llama-server`,
      unit: 'ratio',
      values: ratiosOf(
        concert.map((talk) => middle(later(talk))),
        llama.map((talk) => middle(later(talk))),
      ),
      target: { atMost: MOST_RATIO },
    },
    {
      what: `${what}: last turn / turn 2, Concert`,
      unit: 'ratio',
      values: concert.map((talk) => middle(talk[last] ?? []) / middle(talk[1] ?? [])),
    },
    {
      what: `${what}, turns 2 to ${last + 1}, from the cache: Concert`,
      unit: '%',
      values: concert.map((talk) => cachedShare(later(talk))),
    },
    {
      what: `${what}, turns 2 to ${last + 1}, from the cache: llama-server`,
      unit: '%',
      values: llama.map((talk) => cachedShare(later(talk))),
    },
  ];
}

/** The lines for requests that come at once behind a common system message. */
export function togetherRows(what: string, { concert, llama }: BothSides<readonly Turn[]>): Row[] {
  const slow = (rounds: readonly (readonly Turn[])[]): number[] =>
    rounds.map((turns) => percentile(firstTexts(turns), 0.95));
  return [
    { what: `${what}: Concert, p95`, unit: 'ms', values: slow(concert) },
    { what: `${what}: llama-server, p95`, unit: 'ms', values: slow(llama) },
    { what: `${what}: Concert / llama-server, p95`, unit: 'ratio', values: ratiosOf(slow(concert), slow(llama)) },
    { what: `${what}, from the cache: Concert`, unit: '%', values: concert.map(cachedShare) },
    { what: `${what}, from the cache: llama-server`, unit: '%', values: llama.map(cachedShare) },
  ];
}

/** One round of going on after the model was unloaded and loaded again. */
export interface AfterReload {
  readonly resumed: readonly Turn[];
  /** The same histories under other numbers. */
  readonly fresh: readonly Turn[];
}

/** The lines for conversations that go on after a reload. */
export function reloadRows(rounds: readonly AfterReload[]): Row[] {
  const resumed = rounds.map((round) => middle(round.resumed));
  const fresh = rounds.map((round) => middle(round.fresh));
  return [
    { what: 'after unload and load, turn 4: Concert', unit: 'ms', values: resumed },
    { what: 'the same history, never seen: Concert', unit: 'ms', values: fresh },
    { what: 'after unload and load / never seen', unit: 'ratio', values: ratiosOf(resumed, fresh) },
    {
      what: 'after unload and load, from the saved state',
      unit: '%',
      values: rounds.map((round) => cachedShare(round.resumed)),
    },
  ];
}
