import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { LastWords } from './last-words.ts';

async function follow(chunks: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const words = new LastWords(() => undefined);
  const stream = new PassThrough();
  words.follow(stream);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return words.lines;
}

test('lines cut over chunks, even within a character, are put together', async () => {
  const bytes = Buffer.from('加载模型\nsecond');
  expect(await follow([bytes.subarray(0, 4), bytes.subarray(4)])).toEqual(['加载模型', 'second']);
});

test('only the last twenty lines are kept', async () => {
  const lines = Array.from({ length: 50 }, (_, at) => `line ${at}`);
  expect(await follow([`${lines.join('\n')}\n`])).toEqual(lines.slice(30));
});

test('output without line ends is cut, so that it takes no memory', async () => {
  const flood = Array.from({ length: 100 }, () => 'x'.repeat(10_000));
  expect(await follow(flood)).toEqual(['x'.repeat(500)]);
});
