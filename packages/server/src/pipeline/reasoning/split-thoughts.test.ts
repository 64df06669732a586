import { expect, test } from 'vitest';
import { type SplitOptions, ThoughtSplitter } from './split-thoughts.ts';
import { eachCut, randomCuts, seededRandom } from './test-cuts.ts';

const TAGS = { open: '<think>', close: '</think>', begins: 'outside' } as const satisfies SplitOptions;

interface Split {
  thought: string;
  answer: string;
}

function splitPieces(pieces: readonly string[], options: SplitOptions = TAGS): Split {
  const splitter = new ThoughtSplitter(options);
  const split = { thought: '', answer: '' };
  for (const stretch of [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.flush()]) {
    split[stretch.kind] += stretch.text;
  }
  return split;
}

/** The same on the whole text, by the rules alone. */
function splitWhole(text: string, options: SplitOptions = TAGS): Split {
  let inside = options.begins === 'inside';
  let seen = options.begins !== 'outside';
  let thought = '';
  let answer = '';
  for (const part of text.split(/(<think>|<\/think>)/)) {
    if (part === options.open || part === options.close) {
      inside = part === options.open;
      if (answer.trim() === '') seen = true;
    } else if (inside) thought += part;
    else answer += part;
  }
  return { thought: thought.trim(), answer: seen ? answer.trimStart() : answer };
}

const TEXTS = [
  '<think>\nLet me see: 1 < 2.\n</think>\n\nThe answer is 3.',
  '<think>想一想🙂</think>答案',
  'no thoughts, only < and </ and <thin and <think',
  '\n <think>a</think> b <think>c</think> d',
  '<think>a<think>b</think>c</think>d',
  'a</think>b',
  '<think>never closed \n',
  '  \n',
  '<think></think>',
  '<<think>><</think>>',
  '<think>x</think></think></think> y',
];

test.each(TEXTS)('%j is split alike however it is cut', (text) => {
  for (const begins of ['outside', 'inside', 'behind'] as const) {
    const options = { ...TAGS, begins };
    const expected = splitWhole(text, options);
    for (const pieces of eachCut(text)) expect(splitPieces(pieces, options)).toEqual(expected);
    expect(splitPieces(Array.from(text), options)).toEqual(expected);
  }
});

test('ten thousand random texts of tags, halves of tags and words in random pieces leak and lose nothing', () => {
  const parts = ['<think>', '</think>', '<', '</', 'think>', '<thi', 'nk>', ' ', '\n', 'a', '想', '🙂', '/', '>'];
  const random = seededRandom(7);
  for (let round = 0; round < 10_000; round++) {
    const text = Array.from({ length: random(14) }, () => parts[random(parts.length)]).join('');
    const options = { ...TAGS, begins: (['outside', 'inside', 'behind'] as const)[random(3)] ?? 'outside' };
    const split = splitPieces(randomCuts(text, random), options);
    expect(split, JSON.stringify(text)).toEqual(splitWhole(text, options));
  }
});

test('words of a thought and of an answer are given out as soon as they can be no tag', () => {
  const splitter = new ThoughtSplitter(TAGS);
  expect(splitter.push('<think>a')).toEqual([{ kind: 'thought', text: 'a' }]);
  expect(splitter.push(' b<')).toEqual([{ kind: 'thought', text: ' b' }]);
  expect(splitter.push('/think>\n\nc')).toEqual([{ kind: 'answer', text: 'c' }]);
  expect(splitter.push(' d')).toEqual([{ kind: 'answer', text: ' d' }]);
});
