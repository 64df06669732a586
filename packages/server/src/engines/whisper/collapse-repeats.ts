/**
 * Whisper sometimes says the same thing over and over. These limits leave what people really repeat ("no, no, no, no",
 * laughter) and digits alone.
 */
const PHRASE_LOOP = /((?=[^\p{L}]*\p{L})[^\d]{2,80}?)\1{5,}/gsu;
const LETTER_LOOP = /(\p{L})\1{15,}/gu;
const SAME_SEGMENTS = 4;

/** The text with phrases said six or more times in a row said twice, and letters repeated sixteen times or more shortened. */
export function collapseRepeats(text: string): string {
  return text.replace(LETTER_LOOP, '$1$1$1').replace(PHRASE_LOOP, '$1$1');
}

/** The segments with each run of four or more equal texts as one that spans the run's time. */
export function collapseEqualSegments<T extends { readonly text: string; readonly end: number }>(
  segments: readonly T[],
): T[] {
  const kept: T[] = [];
  for (let index = 0; index < segments.length;) {
    const segment = segments[index] as T;
    let after = index + 1;
    while (segments[after]?.text.trim() === segment.text.trim()) after++;
    const run = segments.slice(index, after);
    if (run.length >= SAME_SEGMENTS) kept.push({ ...segment, end: (run.at(-1) as T).end });
    else kept.push(...run);
    index = after;
  }
  return kept;
}
