import { expect, test } from 'vitest';
import { StopMatcher } from './stop-matcher.ts';

/** Feeds a text in the given pieces and returns what came out and whether it stopped. */
function feed(stops: readonly string[], pieces: readonly string[]): { text: string; stopped: boolean } {
  const matcher = new StopMatcher(stops);
  let text = '';
  for (const piece of pieces) {
    const result = matcher.push(piece);
    text += result.text;
    if (result.stopped) return { text, stopped: true };
  }
  return { text: text + matcher.flush(), stopped: false };
}

/** What a reader of the whole text would do. */
function expected(stops: readonly string[], text: string): { text: string; stopped: boolean } {
  const ends = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return ends.length === 0 ? { text, stopped: false } : { text: text.slice(0, Math.min(...ends)), stopped: true };
}

test('a stop string cut anywhere neither leaks nor takes text before it along', () => {
  const text = 'one </answer>tail';
  for (let first = 0; first <= text.length; first++) {
    for (let second = first; second <= text.length; second++) {
      const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
      expect(feed(['</answer>'], pieces)).toEqual({ text: 'one ', stopped: true });
    }
  }
});

test('for any text over a small alphabet, any stops and any cuts the result is that of the whole text', () => {
  let state = 7;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const word = (length: number): string => Array.from({ length }, () => 'ab你'[random(3)]).join('');
  for (let round = 0; round < 3000; round++) {
    // Stops of one length can't contain each other, so the earliest is also the first to be complete.
    const length = 1 + random(4);
    const stops = Array.from({ length: 1 + random(3) }, () => word(length));
    const text = word(random(14));
    const pieces: string[] = [];
    for (let at = 0; at < text.length;) {
      const end = at + 1 + random(4);
      pieces.push(text.slice(at, end));
      at = end;
    }
    expect(feed(stops, pieces), JSON.stringify({ stops, pieces })).toEqual(expected(stops, text));
  }
});

test('text that can no longer become a stop string is given out at once', () => {
  const matcher = new StopMatcher(['END']);
  expect(matcher.push('an E').text).toBe('an ');
  expect(matcher.push('ND').stopped).toBe(true);
  const other = new StopMatcher(['END']);
  expect(other.push('an E').text).toBe('an ');
  expect(other.push('x').text).toBe('Ex');
});

test('an empty stop string never stops anything', () => {
  expect(feed([''], ['abc'])).toEqual({ text: 'abc', stopped: false });
});

test('it names the stop string that ended the text: of several, the one that begins first', () => {
  const matcher = new StopMatcher(['END', 'X', 'never']);
  matcher.push('one E');
  expect(matcher.completed).toBeNull();
  matcher.push('ND X');
  expect(matcher.completed).toBe('END');
});
