import { expect, test } from 'vitest';
import { MarkStripper } from './strip-marks.ts';
import { eachCut } from './test-cuts.ts';

const MARKS = { anywhere: ['<|begin_of_box|>', '<|end_of_box|>'], atEnd: ['</answer>'] };

function strip(pieces: readonly string[]): string {
  const stripper = new MarkStripper(MARKS);
  return pieces.map((piece) => stripper.push(piece)).join('') + stripper.flush();
}

test.each([
  [
    '<think>a</think><answer>do(action="Tap", element=[1,2])</answer>',
    '<think>a</think><answer>do(action="Tap", element=[1,2])',
  ],
  ['<answer>do(action="Back")\n</answer>\n', '<answer>do(action="Back")'],
  ['<answer>finish(message="ok")</answer></answer> ', '<answer>finish(message="ok")'],
  ['<answer><|begin_of_box|>do(action="Home")<|end_of_box|></answer>', '<answer>do(action="Home")'],
  ['the tag </answer> within a text stays', 'the tag </answer> within a text stays'],
  ['do(action="Type", text="hello")</answe', 'do(action="Type", text="hello")'],
  ['1 <', '1 <'],
  ['ends with space \n', 'ends with space \n'],
  ['想🙂</answer>', '想🙂'],
])('%j becomes %j however it is cut (Open-AutoGLM#27, #376)', (text, stripped) => {
  for (const pieces of eachCut(text)) expect(strip(pieces)).toBe(stripped);
  expect(strip(Array.from(text))).toBe(stripped);
});

test('text that can be no mark is given out at once', () => {
  const stripper = new MarkStripper(MARKS);
  expect(stripper.push('do(action=')).toBe('do(action=');
  expect(stripper.push('"Back")</')).toBe('"Back")');
  expect(stripper.push('b>')).toBe('</b>');
});
