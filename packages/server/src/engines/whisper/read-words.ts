import type { SherpaResult } from './sherpa.ts';

/** Seconds from the start of what the model was given. */
export interface TimeSpan {
  readonly start: number;
  readonly end: number;
}

/** A word and when it was said. */
export interface HeardWord extends TimeSpan {
  readonly text: string;
}

/** Tokens that together are whole characters. */
interface Piece extends TimeSpan {
  readonly text: string;
}

/** Scripts that put no spaces between words: there each token is a word, as in OpenAI's Whisper. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const SAID = /[\p{L}\p{N}]/u;
const SENTENCE_END = /[.!?。！？…]["'”’)\]]*$/;
const EDGE_MARKS = /^[^\p{L}\p{N}\p{S}#@]+|[^\p{L}\p{M}\p{N}\p{S}%‰]+$/gu;
/** A word at a sentence's edge is not longer than so many usual words: the rest is the pause. */
const LONGEST_IN_USUAL = 2;
const MOST_USUAL_SECONDS = 0.7;

/**
 * The words of each segment by sherpa-onnx's token times, which follow the decoder's attention. Null where the model does not tell
 * them. Marks are no words, and `sounding` says which part of a span is sound: a pause before or after a word is not part of it.
 */
export function readWords(result: SherpaResult, sounding: (span: TimeSpan) => TimeSpan): HeardWord[][] | null {
  const { tokens, timestamps = [], durations = [], segment_texts } = result;
  if (tokens.length === 0) return segment_texts.map(() => []);
  if (timestamps.length !== tokens.length) return null;
  const usual = usualSeconds(durations);
  let at = 0;
  return segment_texts.map((hex) => {
    const first = at;
    for (let units = 0; units < hex.length && at < tokens.length; at++) units += (tokens[at] ?? '').length;
    const pieces = piecesOf(tokens.slice(first, at), timestamps.slice(first, at), durations.slice(first, at));
    const words = wordsOf(pieces).map((word) => ({ ...word, ...sounding(word) }));
    return withoutPauses(words, usual * LONGEST_IN_USUAL);
  });
}

function usualSeconds(durations: readonly number[]): number {
  const sorted = durations.filter((duration) => duration > 0).toSorted((a, b) => a - b);
  return Math.min(MOST_USUAL_SECONDS, sorted[sorted.length >> 1] ?? MOST_USUAL_SECONDS);
}

/** Joins tokens until their bytes are whole characters. */
function piecesOf(tokens: readonly string[], starts: readonly number[], durations: readonly number[]): Piece[] {
  const pieces: Piece[] = [];
  let hex = '';
  let start = 0;
  tokens.forEach((token, index) => {
    const begins = starts[index] ?? 0;
    if (hex === '') start = begins;
    hex += token;
    const text = Buffer.from(hex, 'hex').toString('utf8');
    if (text.includes('\ufffd')) return;
    pieces.push({ text, start, end: begins + (durations[index] ?? 0) });
    hex = '';
  });
  return pieces;
}

interface SpokenWord extends HeardWord {
  /** As it was written, with its marks. */
  readonly written: string;
}

function wordsOf(pieces: readonly Piece[]): SpokenWord[] {
  const words: { written: string; start: number; end: number }[] = [];
  for (const piece of pieces) {
    const last = words.at(-1);
    if (last === undefined || begins(last.written, piece.text)) {
      words.push({ written: piece.text, start: piece.start, end: piece.end });
      continue;
    }
    // Marks take no time: what passes with them is a pause.
    if (!SAID.test(last.written)) last.start = piece.start;
    if (SAID.test(piece.text)) last.end = piece.end;
    last.written += piece.text;
  }
  return words
    .filter(({ written }) => SAID.test(written))
    .map((word) => ({ ...word, text: word.written.trim().replaceAll(EDGE_MARKS, '') }));
}

function begins(before: string, next: string): boolean {
  if (/^\s/u.test(next)) return true;
  if (!SAID.test(next)) return false;
  return UNSPACED.test(next) || UNSPACED.test(before);
}

/** Shortens the words on both sides of a sentence's end, where the alignment gives them the silence. */
function withoutPauses(words: readonly SpokenWord[], longest: number): HeardWord[] {
  return words.map(({ text, written, start, end }, at) => {
    const before = words[at - 1];
    if (end - start <= longest) return { text, start, end };
    if (before === undefined || SENTENCE_END.test(before.written)) return { text, start: end - longest, end };
    if (SENTENCE_END.test(written)) return { text, start, end: start + longest };
    return { text, start, end };
  });
}
