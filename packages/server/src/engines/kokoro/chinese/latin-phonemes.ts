import { soundOut } from './letter-sounds.ts';
import { LETTER_NAMES, LOAN_WORDS, WORDS } from './latin-words.ts';

/** Cuts at a change of case, so that names fall into words and acronyms: ChatGPT → Chat, GPT; iOS → i, OS. */
const PIECES = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;
/** A longer word in capitals is a word that is shouted. */
const MOST_ACRONYM_LETTERS = 5;

/** One letter after the other, as it is called. */
function spell(letters: string): string {
  return Array.from(letters.toUpperCase())
    .map((letter) => LETTER_NAMES[letter] ?? '')
    .join(' ');
}

function sayPiece(piece: string): string {
  const lower = piece.toLowerCase();
  const acronym = piece === piece.toUpperCase() && piece.length <= MOST_ACRONYM_LETTERS;
  const known = LOAN_WORDS.get(lower) ?? (acronym ? undefined : WORDS.get(lower));
  if (known !== undefined && piece.length > 1) return known;
  return acronym || piece.length === 1 || !/[aeiouy]/.test(lower) ? spell(piece) : soundOut(lower);
}

/**
 * Phonemes of a word in Latin letters. Acronyms, single letters and what has no vowel are spelled; known words are said; others
 * are sounded out by English spelling rules, so that no letter is ever taken for the phoneme it looks like.
 */
export function latinPhonemes(word: string): string {
  const plain = word
    .normalize('NFD')
    .replace(/['’]s$/, 's')
    .replace(/[^A-Za-z]/g, '');
  const borrowed = LOAN_WORDS.get(plain.toLowerCase());
  if (borrowed !== undefined) return borrowed;
  return Array.from(plain.matchAll(PIECES), ([piece]) => sayPiece(piece)).join(' ');
}
