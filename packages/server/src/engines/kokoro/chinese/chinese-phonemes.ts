import { hanziPhonemes } from './hanzi-phonemes.ts';
import { latinPhonemes } from './latin-phonemes.ts';

const RUNS =
  /(?<hanzi>[㐀-䶿一-鿿]+)|(?<latin>\p{Script=Latin}+(?:['’]\p{Script=Latin}+)*)|(?<mark>[;:,.!?—…"()“” ])/gu;

/**
 * Kokoro's phonemes for text that `normaliseChinese` wrote: hanzi by their pinyin, Latin letters as English words or letter names,
 * punctuation as it is. What has no sound (other scripts, symbols) is left out; the result may be empty.
 */
export function chinesePhonemes(text: string): string {
  let phonemes = '';
  let spoken = false;
  for (const { groups } of text.matchAll(RUNS)) {
    if (groups?.['mark'] !== undefined) {
      phonemes += groups['mark'];
      spoken = false;
      continue;
    }
    const said =
      groups?.['hanzi'] === undefined ? latinPhonemes(groups?.['latin'] ?? '') : hanziPhonemes(groups['hanzi']);
    phonemes += spoken && said !== '' ? ` ${said}` : said;
    spoken ||= said !== '';
  }
  return phonemes.replace(/ +/g, ' ').trim();
}
