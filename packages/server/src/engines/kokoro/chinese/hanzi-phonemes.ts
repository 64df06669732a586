import { pinyin } from 'pinyin-pro';
import { pinyinPhonemes } from './pinyin-phonemes.ts';

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/**
 * Phonemes of a run of hanzi: nothing between the syllables of a word, one space between words; without those spaces twice as
 * many syllables are misheard. Characters without a Mandarin reading are left out. No tone sandhi: Kokoro was trained without.
 */
export function hanziPhonemes(run: string): string {
  const syllables = pinyin(run, { toneType: 'num', type: 'array', toneSandhi: false, v: false });
  const words: string[] = [];
  let next = 0;
  for (const { segment } of segmenter.segment(run)) {
    const length = Array.from(segment).length;
    const word = syllables
      .slice(next, next + length)
      .map((syllable) => pinyinPhonemes(syllable) ?? '')
      .join('');
    next += length;
    if (word !== '') words.push(word);
  }
  return words.join(' ');
}
