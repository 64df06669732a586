import { describe, expect, test } from 'vitest';
import { ClauseSplitter, DEFAULT_CLAUSE_LENGTHS } from './clause-splitter.ts';
import { spokenLength } from './spoken-length.ts';

function split(text: string): string[] {
  const splitter = new ClauseSplitter();
  return [...splitter.push(text), ...splitter.end()];
}

function splitInDeltas(text: string, cuts: readonly number[]): string[] {
  const splitter = new ClauseSplitter();
  const clauses: string[] = [];
  let from = 0;
  for (const cut of [...cuts, text.length]) {
    clauses.push(...splitter.push(text.slice(from, cut)));
    from = cut;
  }
  return [...clauses, ...splitter.end()];
}

/** The letters and numbers of a text, all that a voice says. */
function speakable(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Numbers from 0 to 1 that are the same in every run (Lehmer's generator). */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const PROSE = [
  '好的，我来解释一下。图片中的文字是“限时优惠 满300减50 仅限今日”，这是一条促销信息！现在购买3.14件……明白了吗？请尽快决定；过期不候。',
  'Sure! Dr. Smith, e.g., paid $3.50 at 10:30 (see https://x.org/a.b?c=d). "Really?" he asked. J. K. Rowling wrote it... Then he left; it was 5 p.m. when we ate.',
  '我用GPT-4和OCR做AI项目，使用Python写代码，速度是60 km/h。ChatGPT说："Hello world." 今日はいい天気ですね。Привет, мир! 안녕하세요.',
  'One very long sentence without any commas that simply goes on and on and on until nobody can remember how it began or why anybody would ever want to say such a long thing in one single breath at all really',
  '没有标点的一段很长的文字'.repeat(20),
  'x'.repeat(700),
  'Line one\nLine two\n\nA new paragraph 🎉 with an emoji.\r\n结束',
];

const MARKDOWN = `# 标题 *one*

See [the docs](https://example.com/a_b.html) and **bold _text_**, \`npm ci\`, 2 * 3 = 6, snake_case.

- **苹果** 🍎 很好吃
- [x] 香蕉
1. First item is good.
2. Second item

\`\`\`python
print("secret")
\`\`\`

| 名称 | 价格 |
|---|:-:|
| AI | 5 |

> quoted <b>words</b> &amp; more
---
![alt words](x.png) [note] end`;

describe('whatever the deltas', () => {
  test('plain text loses no letter or number', () => {
    for (const text of PROSE) expect(speakable(split(text).join(''))).toBe(speakable(text.replaceAll('🎉', '')));
  });

  test('every single cut gives the same clauses', () => {
    for (const text of [...PROSE.slice(0, 4), MARKDOWN]) {
      const whole = split(text);
      for (let cut = 1; cut < text.length; cut += 1) expect(splitInDeltas(text, [cut])).toEqual(whole);
    }
  });

  test('character by character and at random cuts the clauses are the same', () => {
    const random = lehmer(42);
    for (const text of [...PROSE, MARKDOWN]) {
      const whole = split(text);
      expect(
        splitInDeltas(
          text,
          Array.from({ length: text.length - 1 }, (_, at) => at + 1),
        ),
      ).toEqual(whole);
      for (let round = 0; round < 20; round += 1) {
        const cuts = Array.from({ length: text.length - 1 }, (_, at) => at + 1).filter(() => random() < 0.15);
        expect(splitInDeltas(text, cuts)).toEqual(whole);
      }
    }
  });

  test('random heaps of marks neither hang nor lose a letter', () => {
    const random = lehmer(7);
    const pieces = [
      'a',
      'Bc',
      '中',
      '1',
      '.',
      '. ',
      '，',
      '。',
      '\n',
      '\n\n',
      ' ',
      '"',
      '!',
      '…',
      ':',
      '- ',
      'e.g. ',
      '3.14',
    ];
    for (let round = 0; round < 200; round += 1) {
      const text = Array.from({ length: 60 }, () => pieces[Math.floor(random() * pieces.length)] ?? '').join('');
      const cuts = Array.from({ length: text.length - 1 }, (_, at) => at + 1).filter(() => random() < 0.3);
      const clauses = splitInDeltas(text, cuts);
      expect(clauses).toEqual(split(text));
      expect(speakable(clauses.join(''))).toBe(speakable(text));
    }
  });

  test('no clause is longer than the maximum', () => {
    for (const text of [...PROSE, MARKDOWN]) {
      for (const clause of split(text))
        expect(spokenLength(clause)).toBeLessThanOrEqual(DEFAULT_CLAUSE_LENGTHS.maximum + 3);
    }
  });
});

describe('where a clause ends', () => {
  test.for([
    ['好的，没问题，我们现在就开始吧。', ['好的，没问题，', '我们现在就开始吧。']],
    ['Of course, I can help you with that question today.', ['Of course, I can help you with that question today.']],
    [
      'Certainly not, I would say, if you asked me about it.',
      ['Certainly not,', 'I would say, if you asked me about it.'],
    ],
    [
      'Yes! And now for something completely different, my friend.',
      ['Yes!', 'And now for something completely different, my friend.'],
    ],
    ['他说：“走吧。”然后他们一起离开了那座美丽的小城市。', ['他说：“走吧。”', '然后他们一起离开了那座美丽的小城市。']],
    [
      'He said "Go." Then they left the small and beautiful town.',
      ['He said "Go."', 'Then they left the small and beautiful town.'],
    ],
  ] as const)('the first clause is short: %s', ([text, clauses]) => {
    expect(split(text)).toEqual(clauses);
  });

  test.for([
    'Dr. Smith met Mr. Jones.',
    'Pi is 3.14159 and not 3.',
    'Fruit, e.g. apples, i.e. food, is good.',
    'Go to https://example.com/a.b?c=d now.',
    'J. K. Rowling lives at 5 St. James St. in town.',
    'We met at 10:30 in the U.S. office.',
    'It was approx. five or so, etc. and so on.',
  ])('no sentence ends inside: %s', (text) => {
    const splitter = new ClauseSplitter({ first: 1000, comfortable: 1, long: 1000, maximum: 1000 });
    expect([...splitter.push(text), ...splitter.end()]).toEqual([text]);
  });

  test('the first clause is there before the second is complete', () => {
    const splitter = new ClauseSplitter();
    expect(splitter.push('你好呀朋友，今天天气很好。我')).toEqual(['你好呀朋友，']);
    expect(new ClauseSplitter().push('Hello there. How')).toEqual(['Hello there.']);
  });

  test('later short sentences are joined', () => {
    expect(split('Here is the answer. It is small. It is red. It is old. It is gone now. And nobody saw it.')).toEqual([
      'Here is the answer.',
      'It is small. It is red.',
      'It is old. It is gone now. And nobody saw it.',
    ]);
  });

  test('nothing to say gives no clause', () => {
    for (const text of ['', '   ', '...', '!?。，', '🎉🎉', '---\n***', '\n\n']) expect(split(text)).toEqual([]);
  });
});

describe('Markdown is read as a person would', () => {
  const spoken = (text: string): string => split(text).join(' ');

  test('marks are not said', () => {
    expect(spoken('**Bold** and *soft* and `code` and ~~old~~ and __more__.')).toBe(
      'Bold and soft and code and old and more.',
    );
    expect(spoken('## A heading ##')).toContain('A heading');
    expect(spoken('> A quote')).toBe('A quote');
  });

  test('signs that are no marks stay', () => {
    expect(spoken('snake_case is 2 * 3 or 2*3, and a < b.')).toBe('snake_case is 2 * 3 or 2*3, and a < b.');
  });

  test('a link is said by its text and a picture by its description', () => {
    expect(spoken('See [the manual](https://example.com/x_(y).html "t") or ![a cat](cat.png).')).toBe(
      'See the manual or a cat.',
    );
  });

  test('a block of code becomes a word in the language of the text', () => {
    expect(spoken('Run this now:\n```sh\nrm -rf /\n```\nDone.')).toBe('Run this now: Code omitted. Done.');
    expect(spoken('请运行：\n~~~\nls\n~~~\n完成。')).toBe('请运行： 代码略。 完成。');
  });

  test('code that never ends is not said either', () => {
    expect(spoken('Look:\n```\nint x = 1;')).not.toContain('int');
  });

  test('list items and rows of a table become sentences and lists', () => {
    expect(spoken('- Apples\n- Pears\n')).toBe('Apples Pears');
    expect(spoken('1. 苹果\n2. 香蕉')).toBe('1, 苹果 2, 香蕉');
    expect(spoken('| Name | Price |\n|---|---|\n| Tea | 5 |')).toBe('Name, Price Tea, 5');
  });

  test('emoji are dropped and words around them stay', () => {
    expect(spoken('Great 🎉👩‍💻👍🏽 news ❤️ 你好😀世界')).toBe('Great news 你好世界');
  });
});
