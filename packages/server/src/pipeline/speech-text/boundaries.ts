/** Where a text may be cut: after a sentence, after a part of one, or at the end of a line or paragraph. */
type BoundaryKind = 'part' | 'sentence' | 'line' | 'paragraph';

/** Runs of stops and of spaces are looked at no further than this, so that heaps of them cost no more than other text. */
const MAX_RUN = 16;
const MAX_SPACE = 64;

/** A place between two characters. `end` counts UTF-16 units from the text's beginning. */
export interface Boundary {
  readonly kind: BoundaryKind;
  readonly end: number;
}

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFFEF]/u;
const CLOSERS = /["'”’»」』）)\]】》〉]/;
const SENTENCE_STOPS = /[.!?。！？…．]/;
const PART_STOPS = /[,;:，；：、]/;
const WIDE_STOPS = /[。！？…，；：、．]/;
/** Short forms after which a sentence goes on; those that often end one ("etc.", "Inc.") are left to the next word's case. */
const ABBREVIATIONS = new Set(
  'mr mrs ms dr prof st mt ft gen gov sen rep capt sgt lt col rev hon pres sr jr vs no nos vol pp p fig figs eq sec ch ed eds approx dept est e.g i.e cf al ca jan feb mar apr jun jul aug sep sept oct nov dec'.split(
    ' ',
  ),
);

/**
 * The stop at `at`, if one ends there: `none` when it is no place to cut, `wait` when what follows decides and is not there yet.
 * `ended` says that nothing more comes.
 */
export function boundaryAt(text: string, at: number, ended: boolean): Boundary | 'none' | 'wait' {
  const character = text[at] ?? '';
  if (character === '\n') return lineEnd(text, at, ended);
  const sentence = SENTENCE_STOPS.test(character);
  if (!sentence && !PART_STOPS.test(character)) return 'none';
  // Only the last stop of a run counts: "?!", "...".
  let end = at + 1;
  while (
    end < text.length &&
    end - at < MAX_RUN &&
    (SENTENCE_STOPS.test(text[end] ?? '') || PART_STOPS.test(text[end] ?? ''))
  )
    end += 1;
  const run = text.slice(at, end);
  while (end < text.length && end - at < MAX_RUN * 2 && CLOSERS.test(text[end] ?? '')) end += 1;
  if (end === text.length) return ended ? { kind: 'sentence', end } : 'wait';
  const kind: BoundaryKind = /[.!?。！？…．]/.test(run) ? 'sentence' : 'part';
  if (WIDE_STOPS.test(run)) return { kind, end };
  return asciiStop(text, { at, end, run, kind }, ended);
}

function lineEnd(text: string, at: number, ended: boolean): Boundary | 'wait' {
  let end = at + 1;
  while (end < text.length && end - at < MAX_SPACE && /\s/.test(text[end] ?? '')) end += 1;
  if (end === text.length && end - at < MAX_SPACE && !ended) return 'wait';
  return { kind: text.slice(at, end).split('\n').length > 2 ? 'paragraph' : 'line', end };
}

function asciiStop(
  text: string,
  stop: { readonly at: number; readonly end: number; readonly run: string; readonly kind: BoundaryKind },
  ended: boolean,
): Boundary | 'none' | 'wait' {
  const next = text[stop.end] ?? '';
  const found: Boundary = { kind: stop.kind, end: stop.end };
  // Chinese written with ASCII stops has no space after them.
  if (WIDE.test(next)) return found;
  if (!/\s/.test(next)) return 'none';
  if (stop.run !== '.' && !/^\.{2,}$/.test(stop.run)) return found;
  const following = /\S/.exec(text.slice(stop.end, stop.end + MAX_SPACE))?.[0];
  if (following === undefined && !ended && text.length - stop.end < MAX_SPACE) return 'wait';
  const word = /[\p{L}\p{N}.]*$/u.exec(text.slice(Math.max(0, stop.at - 24), stop.at))?.[0] ?? '';
  if (stop.run === '.' && isShortForm(word, text, stop.at)) return 'none';
  // "approx. five", "wait... what": the sentence goes on.
  if (following !== undefined && /\p{Ll}/u.test(following))
    return stop.run === '.' ? 'none' : { kind: 'part', end: stop.end };
  return found;
}

function isShortForm(word: string, text: string, at: number): boolean {
  if (ABBREVIATIONS.has(word.toLowerCase())) return true;
  // An initial: "J. Smith", but not "vitamin C. The …" or "I".
  if (!/^\p{Lu}$/u.test(word) || word === 'I') return false;
  return /(?:^|[\p{Lu}][\p{L}]*\.? |\. )$/u.test(text.slice(Math.max(0, at - 20), at - 1));
}
