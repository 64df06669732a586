import { z } from 'zod';

/**
 * Most phonemes of one run, about 8 s of speech. The model takes 509, but the memory of a run grows with its length and stays with
 * the process (5 s: 150 MB, 15 s: 370 MB), a run can't be cancelled, and nothing is heard before its end.
 */
export const MOST_PHONEMES = 150;

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
