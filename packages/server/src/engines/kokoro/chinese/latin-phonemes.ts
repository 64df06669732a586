import { LETTER_NAMES, WORDS } from './latin-words.ts';

/** Cuts at a change of case, so that names fall into words and acronyms: ChatGPT → Chat, GPT; iOS → i, OS. */
const PIECES = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+/gu;

/** One letter after the other, as it is called. */
export function spellLetters(letters: string): string {
  return Array.from(letters.toUpperCase())
    .map((letter) => LETTER_NAMES[letter] ?? '')
    .join('');
}

/** Phonemes of a word in Latin letters inside Chinese text. */
export function latinPhonemes(word: string): string {
  const plain = word.normalize('NFD').replace(/[^A-Za-z]/g, '');
  const known = WORDS[plain.toLowerCase()];
  if (known !== undefined) return known;
  return Array.from(plain.matchAll(PIECES), ([piece]) => WORDS[piece.toLowerCase()] ?? spellLetters(piece)).join(' ');
}
