import { expect, test } from 'vitest';
import { PcmStore } from './pcm-store.ts';
import { ranOut, readSegments, recogniseWindow } from './recognise-window.ts';
import { SAMPLE_RATE, type SherpaRecognizer, type SherpaResult } from './sherpa.ts';

function result(
  segments: readonly (readonly [text: string, start: number, duration: number])[],
  lang = 'en',
): SherpaResult {
  return {
    lang,
    tokens: segments.flatMap(([text]) => text.split(' ')),
    segment_texts: segments.map(([text]) => Buffer.from(text).toString('hex')),
    segment_timestamps: segments.map(([, start]) => start),
    segment_durations: segments.map(([, , duration]) => duration),
  };
}

const window = { start: 10 * SAMPLE_RATE, end: 20 * SAMPLE_RATE };
/** What the model was given: sound throughout. */
const input = new Float32Array(10 * SAMPLE_RATE).fill(0.5);

test('segment times are shifted to the file, in order and inside the window', () => {
  const segments = readSegments(
    result([
      [' One.', 0, 4],
      [' Two.', 3, 3],
      [' Three.', 6, 9],
    ]),
    window,
    input,
  );
  expect(segments.map(({ start, end }) => [start, end])).toEqual([
    [10, 14],
    [14, 16],
    [16, 20],
  ]);
});

test('a segment that the model did not close lasts to the end of the window', () => {
  expect(readSegments(result([[' One.', 2, 0]]), window, input)).toEqual([
    { text: ' One.', start: 12, end: 20, language: 'en', words: null },
  ]);
});

test('segments without a letter or digit are left out', () => {
  expect(
    readSegments(
      result([
        [' ...', 0, 1],
        ['', 1, 1],
        [' Yes', 2, 1],
      ]),
      window,
      input,
    ).map(({ text }) => text),
  ).toEqual([' Yes']);
});

test('the words of a segment are shifted to the file and end with the window', () => {
  const told = {
    ...result([[' One two', 0, 4]]),
    tokens: [' One', ' two'].map((token) => Buffer.from(token).toString('hex')),
  };
  const [segment] = readSegments({ ...told, timestamps: [0.5, 1], durations: [0.5, 20] }, window, input);
  expect(segment?.words).toEqual([
    { text: 'One', start: 10.5, end: 11 },
    { text: 'two', start: 11, end: 20 },
  ]);
});

test('a result that used up the tokens is taken for cut off', () => {
  const words = (count: number): SherpaResult => result([[Array.from({ length: count }, () => 'a').join(' '), 0, 0]]);
  expect(ranOut(words(57), 10)).toBe(true);
  expect(ranOut(words(40), 10)).toBe(false);
});

/** Answers with more tokens than fit for long input, and with how many seconds of sound it got for short. */
function recognizerOf(longest: number): SherpaRecognizer {
  return {
    createStream() {
      const stream = {
        seconds: 0,
        acceptWaveform: ({ samples }: { samples: Float32Array }) => void (stream.seconds = sounding(samples)),
      };
      return stream;
    },
    setConfig: () => undefined,
    decodeAsync(stream) {
      const { seconds } = stream as unknown as { seconds: number };
      const text = seconds > longest ? ' a'.repeat(400) : ` ${seconds} seconds`;
      return Promise.resolve(result([[text, 0, 0]]));
    },
  };
}

function sounding(samples: Float32Array): number {
  return Math.round(samples.filter((sample) => sample !== 0).length / SAMPLE_RATE);
}

test('a window for which the tokens do not suffice is cut in two', async () => {
  const samples = new PcmStore();
  samples.push(new Float32Array(30 * SAMPLE_RATE).fill(0.5));
  const whole = { start: 0, end: 20 * SAMPLE_RATE };
  const segments = await recogniseWindow(recognizerOf(15), samples, whole, new AbortController().signal);
  expect(segments.map(({ text }) => text)).toEqual([' 7 seconds', ' 13 seconds']);
  expect(segments.map(({ end }) => end)[1]).toBe(20);
});

test('an aborted signal stops before the next piece', async () => {
  const samples = new PcmStore();
  samples.push(new Float32Array(SAMPLE_RATE));
  const reason = new Error('left');
  await expect(
    recogniseWindow(recognizerOf(15), samples, { start: 0, end: SAMPLE_RATE }, AbortSignal.abort(reason)),
  ).rejects.toBe(reason);
});
