import { expect, test } from 'vitest';
import { planWindows } from './plan-windows.ts';

test('a text that fits is one window, an empty one too', () => {
  expect(planWindows(0, 10, 3)).toEqual([[0, 0]]);
  expect(planWindows(10, 10, 3)).toEqual([[0, 10]]);
});

test('a longer text is covered from end to end by full windows that overlap enough, and by no more than needed', () => {
  for (let tokens = 11; tokens < 300; tokens += 1) {
    const windows = planWindows(tokens, 10, 3);
    expect(windows[0]?.[0]).toBe(0);
    expect(windows.at(-1)?.[1]).toBe(tokens);
    for (const [index, [start, end]] of windows.entries()) {
      expect(end - start).toBe(10);
      const next = windows[index + 1];
      // Even places are rounded, which may cost one token of the overlap.
      if (next !== undefined) expect(end - next[0]).toBeGreaterThanOrEqual(2);
    }
    expect(windows).toHaveLength(Math.ceil((tokens - 3) / 7));
  }
});
