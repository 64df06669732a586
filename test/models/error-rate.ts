/**
 * Words heard wrongly (replaced, left out or added) per word expected, from 0 up; case, punctuation and the kind of
 * apostrophe don't matter. Throws when no word is expected.
 */
export function wordErrorRate(expected: string, heard: string): number {
  return errorRate(words(expected), words(heard));
}

/** Characters heard wrongly per character expected, from 0 up; case, spaces and punctuation don't matter. */
export function characterErrorRate(expected: string, heard: string): number {
  return errorRate(characters(expected), characters(heard));
}

/** Syllables (any list of strings) heard wrongly per syllable expected, from 0 up. Throws when none is expected. */
export function syllableErrorRate(expected: readonly string[], heard: readonly string[]): number {
  return errorRate(expected, heard);
}

/** The least number of replacements, removals and insertions that turn one list into the other (Levenshtein). */
function editDistance(from: readonly string[], to: readonly string[]): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, item] of from.entries()) {
    const current = [row + 1];
    for (const [column, other] of to.entries()) {
      const replaced = (previous[column] as number) + (item === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] as number) + 1, (current[column] as number) + 1));
    }
    previous = current;
  }
  return previous[to.length] as number;
}

function errorRate(expected: readonly string[], heard: readonly string[]): number {
  if (expected.length === 0) throw new Error('an error rate needs something that is expected');
  return editDistance(expected, heard) / expected.length;
}

function words(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
  return plain.match(/[\p{L}\p{N}\p{M}]+(?:'[\p{L}\p{N}]+)*/gu) ?? [];
}

function characters(text: string): string[] {
  return Array.from(
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}]/gu, ''),
  );
}
