import { expect, test } from 'vitest';
import { FRAME_MS, TurnDetector, type TurnEvent } from './turn-detector.ts';

/** One score for each 32 ms: `.` silence, `~` doubt (0.4), `#` voice. */
function turns(
  picture: string,
  detector = new TurnDetector({ threshold: 0.5, silenceMs: 96, pauseMs: 96 }),
): TurnEvent[] {
  return detector.push(Array.from(picture).map((sign) => ({ '.': 0.02, '~': 0.4, '#': 0.9 })[sign] ?? 0));
}

test('a turn begins with its first frame of voice and ends after the pause', () => {
  expect(turns('..####...')).toEqual([
    { kind: 'started', atMs: 2 * FRAME_MS },
    { kind: 'stopped', atMs: 9 * FRAME_MS, voiceEndMs: 6 * FRAME_MS },
  ]);
});

test('a click is no turn', () => {
  expect(turns('..#...#..#..')).toEqual([]);
});

test('a breath between two words does not end the turn', () => {
  expect(turns('.###..###..##').map(({ kind }) => kind)).toEqual(['started']);
});

test('who speaks already is believed at a lower score, who does not is not', () => {
  expect(turns('~~~~~~~')).toEqual([]);
  expect(turns('##~~~~~~~~').map(({ kind }) => kind)).toEqual(['started']);
});

test('pieces of any length settle the same as the whole', () => {
  const picture = '..###....##..#####....#...';
  const whole = turns(picture);
  const detector = new TurnDetector({ threshold: 0.5, silenceMs: 96, pauseMs: 96 });
  expect(Array.from(picture).flatMap((sign) => turns(sign, detector))).toEqual(whole);
  expect(whole.filter(({ kind }) => kind === 'stopped')).toHaveLength(2);
});

test('a turn whose sound was taken begins anew', () => {
  const detector = new TurnDetector({ threshold: 0.5, silenceMs: 96, pauseMs: 96 });
  turns('###', detector);
  detector.reset();
  expect(detector.speaking).toBe(false);
  expect(turns('...##', detector)).toEqual([{ kind: 'started', atMs: 6 * FRAME_MS }]);
});

test('a longer pause can be asked for in the middle of a turn', () => {
  const detector = new TurnDetector({ threshold: 0.5, silenceMs: 96, pauseMs: 96 });
  turns('###', detector);
  detector.configure({ threshold: 0.5, silenceMs: 320, pauseMs: 320 });
  expect(turns('.........', detector)).toEqual([]);
  expect(turns('.', detector).map(({ kind }) => kind)).toEqual(['stopped']);
});

test('a pause that may be the end is told once, and that it was none', () => {
  const detector = new TurnDetector({ threshold: 0.5, silenceMs: 192, pauseMs: 64 });
  expect(turns('##...#....', detector)).toEqual([
    { kind: 'started', atMs: 0 },
    { kind: 'paused', atMs: 4 * FRAME_MS },
    { kind: 'resumed' },
    { kind: 'paused', atMs: 8 * FRAME_MS },
  ]);
  expect(turns('..', detector).map(({ kind }) => kind)).toEqual(['stopped']);
});
