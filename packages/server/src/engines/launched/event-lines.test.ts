import { expect, test } from 'vitest';
import { EventLines } from './event-lines.ts';

function read(...chunks: readonly (string | Uint8Array)[]): string[] {
  const lines = new EventLines();
  return chunks.flatMap((chunk) => lines.push(Buffer.from(chunk as string)));
}

const STREAM = [
  'data: {"text":"你好 🙂"}\n\n',
  ': a comment that keeps the connection open\r\n\r\n',
  'event: note\r\ndata: first\r\ndata: second\r\n\r\n',
  'id: 7\rdata:no space\r\r',
  'data: [DONE]\n\n',
].join('');
const EVENTS = ['{"text":"你好 🙂"}', 'first\nsecond', 'no space', '[DONE]'];

test('a stream cut at any byte gives the same events', () => {
  const bytes = Buffer.from(STREAM);
  expect(read(STREAM)).toEqual(EVENTS);
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(read(bytes.subarray(0, cut), bytes.subarray(cut)), `cut at ${cut}`).toEqual(EVENTS);
  }
});

test('a stream that comes byte by byte gives the same events', () => {
  expect(read(...[...Buffer.from(STREAM)].map((byte) => Uint8Array.of(byte)))).toEqual(EVENTS);
});

test('an event without the empty line behind it does not count', () => {
  expect(read('data: whole\n\ndata: half\n')).toEqual(['whole']);
});

test('an error in a field of its own is told like one in the data', () => {
  expect(read('error: {"code":500,"message":"no slot"}\n\n')).toEqual(['{"error":{"code":500,"message":"no slot"}}']);
});

test('a line without end is refused before it fills the memory', () => {
  const lines = new EventLines();
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  expect(() => {
    for (let count = 0; count < 20; count++) lines.push(megabyte);
  }).toThrow('16 MiB');
});
