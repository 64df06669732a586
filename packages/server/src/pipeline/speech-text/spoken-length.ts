const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const SPEAKABLE = /[\p{L}\p{N}]/u;
/** A Chinese syllable takes about as long as three English letters. */
const WIDE_UNITS = 3;

/** How long a text takes to say, in units of about one English letter (0.07 s). */
export function spokenLength(text: string): number {
  let units = 0;
  for (const character of text) units += WIDE.test(character) ? WIDE_UNITS : 1;
  return units;
}

/** Whether a text is of a language written without spaces (Chinese, Japanese) in its last letter. */
export function endsWide(text: string): boolean {
  const letters = text.match(/\p{L}/gu);
  return WIDE.test(letters?.at(-1) ?? '');
}

/** Whether there is anything to say: a letter or a number. */
export function isSpeakable(text: string): boolean {
  return SPEAKABLE.test(text);
}
