import { expect, test } from 'vitest';
import { type Span, type WindowLimits, WindowPlanner } from './plan-windows.ts';

const limits: WindowLimits = {
  longest: 100,
  longestPause: 20,
  touching: 1,
  margin: 3,
  quietest: (from, to) => (from + to) / 2,
};

function plan(spans: readonly (readonly [number, number])[], some: Partial<WindowLimits> = {}): Span[] {
  const planner = new WindowPlanner({ ...limits, ...some });
  const windows = spans.flatMap(([start, end]) => planner.add({ start, end }));
  return [...windows, ...planner.finish()];
}

test('no speech makes no windows', () => {
  expect(plan([])).toEqual([]);
});

test('spans with short pauses share a window, which ends with a little silence', () => {
  expect(
    plan([
      [10, 30],
      [35, 60],
    ]),
  ).toEqual([{ start: 10, end: 63 }]);
});

test('a long pause separates windows', () => {
  expect(
    plan([
      [0, 30],
      [60, 90],
    ]),
  ).toEqual([
    { start: 0, end: 33 },
    { start: 60, end: 93 },
  ]);
});

test('speech that is too long together is cut at the longest pause of the second half', () => {
  expect(
    plan([
      [0, 30],
      [45, 60],
      [70, 80],
      [82, 95],
      [97, 130],
    ]),
  ).toEqual([
    { start: 0, end: 63 },
    { start: 70, end: 133 },
  ]);
});

test('the silence behind a window never reaches into the next', () => {
  expect(
    plan([
      [0, 60],
      [62, 130],
    ]),
  ).toEqual([
    { start: 0, end: 62 },
    { start: 62, end: 133 },
  ]);
});

test('speech without a pause is cut at the quietest place before the limit, however it came in pieces', () => {
  const windows = plan([
    [0, 90],
    [90, 180],
    [180, 250],
  ]);
  expect(windows).toEqual([
    { start: 0, end: 85 },
    { start: 85, end: 170 },
    { start: 170, end: 253 },
  ]);
});

test('no window but for its margin is longer than allowed, and nothing that was said is left out', () => {
  const spans: [number, number][] = [];
  let at = 0;
  for (let index = 0; index < 200; index++) {
    const start = at + ((index * 37) % 13);
    at = start + 5 + ((index * 91) % 160);
    spans.push([start, at]);
  }
  const windows = plan(spans);
  for (const { start, end } of windows) expect(end - start).toBeLessThanOrEqual(limits.longest + limits.margin);
  for (const [start, end] of spans) {
    for (const sample of [start, Math.floor((start + end) / 2), end - 1]) {
      expect(windows.filter((window) => window.start <= sample && sample < window.end)).toHaveLength(1);
    }
  }
});
