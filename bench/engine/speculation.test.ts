import { expect, test } from 'vitest';
import { speculationRows } from './speculation.ts';

test('all chats count by their time, and an answer that changed is seen', () => {
  const side = (seconds: number, text = 'same') => ({ tokens: 100, seconds, text });
  const rows = speculationRows([
    [
      { kind: 'quoting', on: side(1), off: side(4) },
      { kind: 'telling', on: side(3, 'other'), off: side(2) },
    ],
  ]);
  const valueOf = (what: string) => rows.find((row) => row.what === what)?.values[0];
  expect(valueOf('real chats, with speculation / without')).toBeCloseTo(1.5);
  expect(valueOf('quoting, with speculation / without')).toBe(4);
  expect(valueOf('answers that are the same with speculation')).toBe(50);
});
