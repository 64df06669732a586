import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import { RUN_MARK } from '../run-mark.ts';

const WORDS = [
  'river',
  'stone',
  'window',
  'letter',
  'garden',
  'winter',
  'music',
  'paper',
  'bridge',
  'morning',
  'copper',
  'island',
];

/** A prompt of about so many tokens, mostly a list of words, each of one token in the usual vocabularies; no two numbers give the same. */
export function longPrompt(number: number, tokens: number): readonly ChatMessage[] {
  const words = Array.from(
    { length: tokens },
    (_, index) => WORDS[(index * 7 + number * 5 + ((index * index) % 11)) % WORDS.length],
  );
  return [
    { role: 'system', content: `List ${RUN_MARK}, ${number + 2}, begins here.` },
    { role: 'user', content: `${words.join(' ')}. Which word came first?` },
  ];
}
