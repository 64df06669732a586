import { pinyin } from 'pinyin-pro';
import { expect, test } from 'vitest';
import { chinesePhonemes } from './chinese-phonemes.ts';
import { normaliseChinese } from './normalise-chinese.ts';
import { pinyinPhonemes } from './pinyin-phonemes.ts';

/** The characters of Kokoro v1.0's `vocab.json`. */
const VOCABULARY = new Set(
  ';:,.!?—…"()“” ̃ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ',
);

test.each([
  ['你好', 'ni↓xau↓'],
  ['欢迎', 'xwa→ni↗ŋ'],
  ['使用', 'ʂɨ↓jʊ↘ŋ'],
  ['银行', 'i↗nxa↗ŋ'],
  ['学校', 'ɕɥe↗ɕjau↘'],
  ['二', 'ɚ↘'],
  ['多远', 'two→ ɥɛ↓n'],
])('%s sounds %s', (hanzi, phonemes) => {
  expect(chinesePhonemes(hanzi)).toBe(phonemes);
});

test.each([
  ['lv4', 'ly↘'],
  ['lü4', 'ly↘'],
  ['lu:4', 'ly↘'],
  ['lve4', 'lɥe↘'],
  ['ju1', 'ʨy→'],
  ['quan2', 'ʨʰɥɛ↗n'],
  ['xiu1', 'ɕjou→'],
  ['gui4', 'kwei↘'],
  ['zhun3', 'ꭧwə↓n'],
  ['shi4', 'ʂɨ↘'],
  ['zi0', 'ʦɨ'],
  ['ma5', 'ma'],
  ['weng1', 'wə→ŋ'],
  ['wo3', 'wo↓'],
  ['o1', 'ɔ→'],
  ['ng4', 'ŋ↘'],
  ['bo1', 'pwo→'],
])('the syllable %s is %s', (pinyin, phonemes) => {
  expect(pinyinPhonemes(pinyin)).toBe(phonemes);
});

test.each(['', '3', 'xyz1', 'wong4', 'a9', '中'])('%j is no syllable', (text) => {
  expect(pinyinPhonemes(text)).toBeNull();
});

test('words are parted by one space, syllables of a word by none', () => {
  expect(chinesePhonemes('我们去公园')).toBe('wo↓mən ʨʰy↘ kʊ→ŋɥɛ↗n');
});

test('a character of several readings gets the one of its word', () => {
  expect(chinesePhonemes('银行')).toContain('xa↗ŋ');
  expect(chinesePhonemes('行走')).toContain('ɕi↗ŋ');
  expect(chinesePhonemes('长大')).toContain('ꭧa↓ŋ');
  expect(chinesePhonemes('长江')).toContain('ꭧʰa↗ŋ');
});

test('every reading that pinyin-pro knows of a character has a sound, in phonemes of the vocabulary alone', () => {
  const readings = new Set<string>();
  for (let code = 0x4e00; code <= 0x9fff; code += 1) {
    const character = String.fromCodePoint(code);
    const found = pinyin(character, { multiple: true, type: 'array', toneType: 'num', v: false });
    for (const reading of found) if (reading !== character) readings.add(reading);
  }
  expect(readings.size).toBeGreaterThan(1200);
  const bad = Array.from(readings).filter((reading) => {
    const phonemes = pinyinPhonemes(reading) ?? '';
    return phonemes === '' || Array.from(phonemes).some((character) => !VOCABULARY.has(character));
  });
  expect(bad).toEqual([]);
});

test.each([
  ['AI', 'ˈA ˈI'],
  ['USB', 'jˈu ˈɛs bˈi'],
  ['a', 'ˈA'],
  ['App', 'ˈæp'],
  ['APP', 'ˈæp'],
  ['WHO', 'dˈʌbᵊlju ˈAʧ ˈO'],
  ['who', 'hˈu'],
  ['constructor', 'kˈɑnstɹʌktəɹ'],
  ['ChatGPT', 'ʧˈæt ʤˈi pˈi tˈi'],
  ['iOS', 'ˈI ˈO ˈɛs'],
  ['http', 'ˈAʧ tˈi tˈi pˈi'],
  ['WiFi', 'wˈIfI'],
  ['station', 'stˈæʃən'],
  ['HELLO', 'həlˈO'],
  ['thinking', 'θˈɪŋkɪŋ'],
  ['make', 'mˈAk'],
])('the Latin letters %s sound %s', (letters, phonemes) => {
  expect(chinesePhonemes(letters)).toBe(phonemes);
});

test('traditional characters are read like simplified ones', () => {
  const said = (text: string): string => chinesePhonemes(normaliseChinese(text));
  expect(said('銀行怎麼走？公共汽車還沒來，他看著我。')).toBe(said('银行怎么走？公共汽车还没来，他看着我。'));
});

test('a word in Latin letters is parted from the hanzi beside it', () => {
  expect(chinesePhonemes('用AI写')).toBe('jʊ↘ŋ ˈA ˈI ɕje↓');
});

test('scripts without a sound here are left out, and what is left may be nothing', () => {
  expect(chinesePhonemes('สวัสดี')).toBe('');
  expect(chinesePhonemes(normaliseChinese('😀🎉'))).toBe('');
  expect(chinesePhonemes('ひらがな你好')).toBe('ni↓xau↓');
});

test('whatever the text, only phonemes of the vocabulary come out', () => {
  const text = normaliseChinese(
    '2026年11月22日14:30，AI助手说：“气温-5℃，¥4,999.00，打8.5折！”Café déjà-vu, O’Neil’s x86_64 C++ 100% @me #1 a@b.cn 𠮷野家 々〆 ①½㎡…',
  );
  expect(Array.from(chinesePhonemes(text)).filter((character) => !VOCABULARY.has(character))).toEqual([]);
});
