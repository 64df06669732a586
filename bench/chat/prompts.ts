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
 * A conversation that asks for a longer answer than `MAX_TOKENS`. It begins with a number of its own, so that no cache of
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
    { role: 'system', content: `${number} is the number of this talk. You tell long stories and never stop early.` },
    { role: 'user', content: `Tell a very long story about a ${subject}. Begin at once and give every detail.` },
  ];
}

/** A conversation that goes on for hundreds of tokens with any model: those made for programs tell no long stories. */
export function programFor(place: StreamPlace): readonly ChatMessage[] {
  const [system] = conversationFor(place);
  const subject = SUBJECTS[place.stream % SUBJECTS.length];
  const content = `Write a Python module about a ${subject} with forty functions, each with a long docstring. Write all of them out.`;
  return [...(system === undefined ? [] : [system]), { role: 'user', content }];
}

/** The conversations of one set. */
export function conversationsOf(place: Omit<StreamPlace, 'stream'>): readonly (readonly ChatMessage[])[] {
  return Array.from({ length: place.streams }, (_, stream) => conversationFor({ ...place, stream }));
}
