import { expect, test } from 'vitest';
import { silentLog } from '../shared/log.ts';
import type { PullEvent } from '../models/pull/pull-event.ts';
import {
  applyEvent,
  formatSeconds,
  NOTHING_YET,
  progressLines,
  type ProgressState,
  totalLine,
} from './progress-state.ts';
import { ProgressView } from './progress.ts';
import { formatTable } from './table.ts';

const MB = 1_000_000;
const file = (
  name: string,
  doneBytes: number,
  phase: 'downloading' | 'converting' | 'done' = 'downloading',
): PullEvent => ({
  kind: 'file',
  model: 'm',
  file: name,
  phase,
  doneBytes,
  totalBytes: 50 * MB,
  source: 'huggingface',
});

function after(events: readonly (readonly [atMs: number, event: PullEvent])[]): ProgressState {
  return events.reduce((state, [atMs, event]) => applyEvent(state, event, atMs), NOTHING_YET);
}

test('the total shows bytes, share, rate and time left', () => {
  const state = after([
    [0, { kind: 'plan', files: 2, bytes: 100 * MB }],
    [0, file('a', 0)],
    [2000, file('a', 20 * MB)],
  ]);
  expect(totalLine(state, 2000)).toBe('Weights: 20.0 MB of 100 MB (20 %), 10.0 MB/s, 8 s left, 0 files ready');
});

test('bytes that stood there before do not count as speed', () => {
  const state = after([
    [0, { kind: 'plan', files: 1, bytes: 50 * MB }],
    [0, file('a', 40 * MB)],
    [2000, file('a', 42 * MB)],
  ]);
  expect(totalLine(state, 2000)).toContain('42.0 MB of 50.0 MB (84 %), 1.00 MB/s, 8 s left');
});

test('each active file has a line, a finished one none, and none is wider than the terminal', () => {
  const state = after([
    [0, { kind: 'plan', files: 3, bytes: 150 * MB }],
    [0, file('a', 25 * MB)],
    [0, file('b', 50 * MB, 'done')],
    [0, file('c', 0, 'converting')],
  ]);
  const lines = progressLines(state, 0, 200);
  expect(lines.slice(0, 2)).toEqual([
    '  [##########..........] a  25.0 MB of 50.0 MB',
    '  [....................] c  converting',
  ]);
  expect(lines).toHaveLength(3);
  expect(progressLines(state, 0, 30).every((line) => line.length < 30)).toBe(true);
});

test('a process that waits says for whom', () => {
  expect(totalLine(after([[0, { kind: 'waiting', pid: 42 }]]), 0)).toBe(
    'Another process (42) is pulling weights; waiting for it',
  );
});

test('off a terminal nothing but whole lines is written', () => {
  const written: string[] = [];
  const view = new ProgressView({ write: (text) => written.push(text) });
  view.onProgress({ kind: 'waiting', pid: 7 });
  view.wrap(silentLog).warn({}, 'x');
  view.end();
  expect(written).toEqual(['Another process (7) is pulling weights; waiting for it\n']);
});

test.each([
  [8.4, '8 s'],
  [80, '1 min 20 s'],
  [3700, '1 h 1 min'],
])('%d seconds read %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test('a table aligns its columns and ends no line in blanks', () => {
  expect(
    formatTable([
      ['model', 'here'],
      ['a-long-name', ''],
      ['b', 'ready'],
    ]),
  ).toBe('model        here\na-long-name\nb            ready');
});
