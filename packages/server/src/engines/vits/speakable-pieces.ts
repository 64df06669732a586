import { GatewayError } from '../../shared/errors.ts';
import { normaliseEnglish } from './normalise-english.ts';

/**
 * Longest text of one run, in letters said: VITS holds the whole clause at once, so memory grows with it (about 20 MB a
 * second of sound) and cancelling waits for it.
 */
const MAX_LETTERS = 200;
/** Text is normalised in blocks of this length, so that the work grows with the text and not with its square. */
const BLOCK_CHARACTERS = 1000;
/** Longest text of one request. */
const MAX_REQUEST_CHARACTERS = 100_000;
/** A word longer than this is no word; cutting it keeps a run within bounds. */
const MAX_WORD_CHARACTERS = 60;

/**
 * Text as the voice can say it: numbers and abbreviations written out, characters that no English reader says dropped,
 * cut into runs of about 15 seconds at sentence ends, else at commas, else at spaces. Every run holds a letter or
 * digit. Throws `unsupported_value` for text without any, or too long.
 */
export function speakablePieces(text: string): string[] {
  if (text.length > MAX_REQUEST_CHARACTERS) {
    throw new GatewayError(
      'unsupported_value',
      `the text has ${text.length} characters; send at most ${MAX_REQUEST_CHARACTERS} in one request`,
    );
  }
  const pieces = cut(text, BLOCK_CHARACTERS, () => 1)
    .flatMap((block) => cut(clean(block), MAX_LETTERS, lettersSaid))
    .filter((piece) => /[\p{L}\p{Nd}]/u.test(piece));
  if (pieces.length === 0) {
    throw new GatewayError(
      'unsupported_value',
      'this voice speaks English and found no letter or digit in the text that it can say; choose a voice of the language',
    );
  }
  return pieces;
}

const LONG_WORD = new RegExp(`(\\S{${MAX_WORD_CHARACTERS}})(?=\\S)`, 'g');

function clean(text: string): string {
  return normaliseEnglish(text)
    .replaceAll(/[^\p{Script=Latin}\p{Nd}\p{M}\s.,;:!?'"()&@%$€£+=°/_-]/gu, ' ')
    .replaceAll(/([.,;:!?'"()&@%$€£+=°/_-])\1{2,}/g, '$1$1')
    .replaceAll(LONG_WORD, '$1 ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** How many letters are said for a character: digits and capitals by themselves are words. */
function lettersSaid(character: string): number {
  if (/[\d%$€£&@=+°/]/.test(character)) return 8;
  return /\p{Lu}/u.test(character) ? 3 : 1;
}

/** Parts that weigh at most `most`, a character never being cut from its sentence, part or word without need. */
function cut(text: string, most: number, weightOf: (character: string) => number): string[] {
  const pieces: string[] = [];
  let rest = text;
  for (let fits = fitting(rest, most, weightOf); fits < rest.length; fits = fitting(rest, most, weightOf)) {
    const window = rest.slice(0, fits);
    const at =
      [/[.!?]['")]*\s/g, /[,;:]\s/g, /\s/g].map((stop) => endOfLast(window, stop)).find((end) => end > 0) ?? fits;
    pieces.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trimStart();
  }
  pieces.push(rest);
  return pieces;
}

/** How many characters from the beginning fit; all of them, or at least one. */
function fitting(text: string, most: number, weightOf: (character: string) => number): number {
  let weight = 0;
  for (let at = 0; at < text.length; at += 1) {
    weight += weightOf(text[at] ?? '');
    if (weight > most) return Math.max(1, at);
  }
  return text.length;
}

function endOfLast(text: string, pattern: RegExp): number {
  const last = [...text.matchAll(pattern)].at(-1);
  return last === undefined ? 0 : last.index + last[0].length;
}
