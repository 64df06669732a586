import { z } from 'zod';

/**
 * Most phonemes of one run. The model takes 509, but what a run needs in memory grows with its length (12 s of speech 270 MB, 22 s
 * 470 MB), it can't be cancelled, and nothing is heard before its end.
 */
export const MOST_PHONEMES = 250;

const VocabularyFile = z.object({ vocab: z.record(z.string(), z.int().positive()) });

/** Kokoro's `vocab.json`: one phoneme character and its token each. Throws an Error where the file holds something else. */
export function parseVocabulary(json: string): ReadonlyMap<string, number> {
  const parsed = VocabularyFile.safeParse(JSON.parse(json));
  if (!parsed.success)
    throw new Error('the vocabulary file does not list phonemes and their numbers', { cause: parsed.error });
  return new Map(Object.entries(parsed.data.vocab));
}

/** Tokens of a string of phonemes; characters outside the vocabulary have no sound and are left out. */
export function toTokens(phonemes: string, vocabulary: ReadonlyMap<string, number>): number[] {
  return Array.from(phonemes).flatMap((character) => vocabulary.get(character) ?? []);
}
