import { expect, test } from 'vitest';
import { splitLanguages } from './split-languages.ts';

function runs(clause: string): string[] {
  return splitLanguages(clause).map(({ language, text }) => `${language}:${text}`);
}

test.for([
  ['今天天气很好。', ['zh:今天天气很好。']],
  ['It is a fine day.', ['en:It is a fine day.']],
  ['我用GPT-4和OCR做AI项目。', ['zh:我用GPT-4和OCR做AI项目。']],
  ['请选择A或者B。', ['zh:请选择A或者B。']],
  ['使用Python写代码', ['zh:使用', 'en:Python', 'zh:写代码']],
  ['他说 Hello world, my friend 然后走了', ['zh:他说 ', 'en:Hello world, my friend ', 'zh:然后走了']],
  ['价格是 3.50 元，优惠 20%。', ['zh:价格是 3.50 元，优惠 20%。']],
  ['速度是60 km/h，内存16 GB。', ['zh:速度是60 km/h，内存16 GB。']],
  ['我有 3 apples 和5个梨', ['zh:我有 ', 'en:3 apples ', 'zh:和5个梨']],
  ['打开 AI Studio 看看', ['zh:打开 ', 'en:AI Studio ', 'zh:看看']],
  ['2024年', ['zh:2024年']],
  ['iPhone 15很好', ['en:iPhone 15', 'zh:很好']],
  ['他读了（Harry Potter）这本书', ['zh:他读了', 'en:（Harry Potter）', 'zh:这本书']],
  ['今日はいい天気ですね', ['zh:今日はいい天気ですね']],
  ['Привет', ['en:Привет']],
  ['', []],
] as const)('%s', ([clause, wanted]) => {
  expect(runs(clause)).toEqual(wanted);
});

test('joined, the runs are the clause, whatever stands in it', () => {
  for (const clause of [
    'a中b文 c, 1！"x" (中) 3D打印 C++语言 user@example.com 你好\u{20000}🎉',
    'AI',
    '，。',
    '我 love 你 forever 2 年 ok?',
  ]) {
    expect(
      splitLanguages(clause)
        .map(({ text }) => text)
        .join(''),
    ).toBe(clause);
  }
});

test('two runs beside each other never have the same language', () => {
  const languages = splitLanguages('用 React 和 Vue 写 web app，版本是 3.2，很 nice。').map(({ language }) => language);
  expect(languages.every((language, at) => language !== languages[at - 1])).toBe(true);
});
