/** Where a text too long for one run may be cut, best places first. */
const BREAKS = [/[.!?…][”"]? /gu, /[;:—] ?/gu, /, /gu, / /gu] as const;

/**
 * Cuts phonemes into runs of at most `most` characters, at the ends of sentences where possible, else at clauses, words, and only
 * then anywhere. Takes the last break of the best kind in the second half of each run.
 */
export function splitPhonemes(phonemes: string, most: number): string[] {
  const runs: string[] = [];
  let rest = phonemes.trim();
  while (rest.length > most) {
    const cut = lastBreak(rest.slice(0, most + 1), most);
    runs.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut).trim();
  }
  if (rest !== '') runs.push(rest);
  return runs;
}

function lastBreak(head: string, most: number): number {
  for (const kind of BREAKS) {
    const ends = Array.from(head.matchAll(kind), (match) => match.index + match[0].length);
    const best = ends.filter((end) => end > most / 2 && end <= most + 1).at(-1);
    if (best !== undefined) return best;
  }
  return most;
}
