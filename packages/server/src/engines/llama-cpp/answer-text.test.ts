import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import type { TokenLogprob } from '../engine.ts';
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
  expect(answer.flush()).toMatchObject({ text: '\uFFFD', stopped: false });
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
  expect(answer.flush()).toMatchObject({ text: 'ST', stopped: false });
});

/** What is told of a token: its name alone matters here. */
const told = (text: string): TokenLogprob => ({ text, bytes: new Uint8Array(), logprob: -1, top: [] });
const names = (tokens: readonly TokenLogprob[]): string[] => tokens.map(({ text }) => text);

test('a token is told once, with the last of its text: pieces of a character wait for the rest of it', () => {
  const bytes = Buffer.from('a你😀', 'utf8');
  for (let first = 1; first < bytes.length; first++) {
    for (let second = first + 1; second <= bytes.length; second++) {
      const answer = new AnswerText([]);
      const shown: string[] = [];
      let text = '';
      for (const [name, from, to] of [
        ['1', 0, first],
        ['2', first, second],
        ['3', second, bytes.length],
      ] as const) {
        const out = answer.push(bytes.subarray(from, to), told(name));
        text += out.text;
        shown.push(...names(out.tokens));
        // Whatever was told is in the text by now.
        const whole = Buffer.byteLength(text);
        expect(
          out.tokens.every(
            (token) => whole >= { '1': first, '2': second, '3': bytes.length }[token.text as '1' | '2' | '3'],
          ),
        ).toBe(true);
      }
      shown.push(...names(answer.flush().tokens));
      expect(shown).toEqual(['1', '2', '3']);
    }
  }
});

test('tokens that a stop string may still cut away are not told; those it cuts are never told', () => {
  const answer = new AnswerText(['STOP']);
  expect(names(answer.push(Buffer.from('go S'), told('1')).tokens)).toEqual([]);
  expect(names(answer.push(Buffer.from('T'), told('2')).tokens)).toEqual([]);
  expect(names(answer.push(Buffer.from('ill S'), told('3')).tokens)).toEqual(['1', '2']);
  const last = answer.push(Buffer.from('TOP!'), told('4'));
  expect(last).toMatchObject({ text: '', stopped: true });
  // Of the third a part was shown, of the fourth nothing.
  expect(names(last.tokens)).toEqual(['3']);
});

test('where nothing comes any more, held tokens are told', () => {
  const answer = new AnswerText(['STOP']);
  expect(names(answer.push(Buffer.from('ST'), told('1')).tokens)).toEqual([]);
  expect(names(answer.flush().tokens)).toEqual(['1']);
});
