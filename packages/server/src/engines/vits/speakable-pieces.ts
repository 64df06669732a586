import { GatewayError } from '../../shared/errors.ts';
import { normaliseEnglish } from './normalise-english.ts';

/** Longest text of one run: VITS holds the whole clause at once, so memory grows with it and cancelling waits for it. */
const MAX_CHARACTERS = 200;
/** Longest text of one request. */
const MAX_REQUEST_CHARACTERS = 100_000;
/** A word longer than this is no word; cutting it keeps a run within bounds. */
const MAX_WORD_CHARACTERS = 60;

/**
 * Text as the voice can say it: numbers and abbreviations written out, characters that no English reader says dropped,
 * cut into runs of at most 200 characters at sentence ends, else at commas, else at spaces. Every run holds a letter or
 * digit. Throws `unsupported_value` for text without any, or too long.
 */
export function speakablePieces(text: string): string[] {
  if (text.length > MAX_REQUEST_CHARACTERS) {
    throw new GatewayError(
      'unsupported_value',
      `the text has ${text.length} characters; send at most ${MAX_REQUEST_CHARACTERS} in one request`,
    );
  }
  const clean = normaliseEnglish(text)
    .replaceAll(/[^\p{Script=Latin}\p{Nd}\p{M}\s.,;:!?'"()&@%$€£+=°/_-]/gu, ' ')
    .replaceAll(/([.,;:!?'"()&@%$€£+=°/_-])\1{2,}/g, '$1$1')
    .replaceAll(new RegExp(`(\\S{${MAX_WORD_CHARACTERS}})(?=\\S)`, 'g'), '$1 ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const pieces = cut(clean).filter((piece) => /[\p{L}\p{Nd}]/u.test(piece));
  if (pieces.length === 0) {
    throw new GatewayError(
      'unsupported_value',
      'this voice speaks English and found no letter or digit in the text that it can say; choose a voice of the language',
    );
  }
  return pieces;
}

function cut(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > MAX_CHARACTERS) {
    const window = rest.slice(0, MAX_CHARACTERS);
    const at =
      [/[.!?]['")]*\s/g, /[,;:]\s/g, /\s/g].map((stop) => endOfLast(window, stop)).find((end) => end > 0) ??
      MAX_CHARACTERS;
    pieces.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trimStart();
  }
  pieces.push(rest);
  return pieces;
}

function endOfLast(text: string, pattern: RegExp): number {
  const last = [...text.matchAll(pattern)].at(-1);
  return last === undefined ? 0 : last.index + last[0].length;
}
