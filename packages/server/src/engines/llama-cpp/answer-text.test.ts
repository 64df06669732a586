import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { AnswerText } from './answer-text.ts';

const text = '你好, naïve 🙂👩‍👩‍👧 \uFEFFend';

test('bytes cut anywhere come out as whole characters, and all of them', () => {
  const bytes = Buffer.from(text, 'utf8');
  for (let size = 1; size <= 5; size++) {
    const answer = new AnswerText([]);
    const deltas: string[] = [];
    for (let at = 0; at < bytes.length; at += size) deltas.push(answer.push(bytes.subarray(at, at + size)).text);
    deltas.push(answer.flush().text);
    expect(deltas.join('')).toBe(text);
    for (const delta of deltas) expect(delta).not.toMatch(/\p{Surrogate}/u);
    expect(deltas.join('')).not.toContain('\uFFFD');
  }
});

test('a character that never becomes whole is shown as a replacement at the end', () => {
  const answer = new AnswerText([]);
  expect(answer.push(Buffer.from('a你', 'utf8').subarray(0, 3)).text).toBe('a');
  expect(answer.flush()).toEqual({ text: '\uFFFD', stopped: false });
});

test('a stop string of several bytes per character is found across tokens', () => {
  const answer = new AnswerText(['结束']);
  const bytes = Buffer.from('好结束了', 'utf8');
  let shown = '';
  let stopped = false;
  for (const byte of bytes) {
    const result = answer.push(Uint8Array.of(byte));
    shown += result.text;
    stopped ||= result.stopped;
    if (stopped) break;
  }
  expect({ shown, stopped }).toEqual({ shown: '好', stopped: true });
});

test('what a stop string held back is shown when the answer ends', () => {
  const answer = new AnswerText(['STOP']);
  expect(answer.push(Buffer.from('go ST')).text).toBe('go ');
  expect(answer.flush()).toEqual({ text: 'ST', stopped: false });
});
