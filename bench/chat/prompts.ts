import { createHash } from 'node:crypto';
import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import { RUN_MARK } from '../run-mark.ts';

/** Tokens that each stream writes. */
export const MAX_TOKENS = 48;

const SUBJECTS = ['lighthouse', 'market', 'glacier', 'violin', 'desert', 'harbour', 'library', 'garden'] as const;

/** Which conversation of a run it is. */
export interface StreamPlace {
  /** Rounds count from 0; -1 warms up. */
  readonly round: number;
  /** How many streams run at once. */
  readonly streams: number;
  /** Which of the sets of a round. */
  readonly set: number;
  readonly stream: number;
}

/**
 * A conversation that asks for an answer of hundreds of tokens. It begins with a number of its own, so that no cache of
 * prefixes can save work that the other side has to do; within a run the same place gives the same words.
 */
export function conversationFor(place: StreamPlace): readonly ChatMessage[] {
  const { round, streams, set, stream } = place;
  const number = createHash('sha256')
    .update(`${RUN_MARK}/${round}/${streams}/${set}/${stream}`)
    .digest('hex')
    .slice(0, 12);
  const subject = SUBJECTS[stream % SUBJECTS.length];
  return [
    { role: 'system', content: `${number} is the number of this talk. You write everything out and never stop early.` },
    // Models that were made for programs tell no long stories; programs are written on by all.
    {
      role: 'user',
      content: `Write a Python module about a ${subject} with forty functions, each with a long docstring. Write all of them out.`,
    },
  ];
}

/** The conversations of one set. */
export function conversationsOf(place: Omit<StreamPlace, 'stream'>): readonly (readonly ChatMessage[])[] {
  return Array.from({ length: place.streams }, (_, stream) => conversationFor({ ...place, stream }));
}
