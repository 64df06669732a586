import { expect, test } from 'vitest';
import { FRAME, type RunFrame, scoreFrames } from './score-frames.ts';

const noSignal = new AbortController().signal;

/** A network whose score tells what it was given: the first sample of the context, of the frame, and the frames before. */
const telling: RunFrame = (input, state) =>
  Promise.resolve({
    score: (input[0] ?? 0) + (input[64] ?? 0) / 100 + (state[0] ?? 0) * 1000,
    state: state.with(0, (state[0] ?? 0) + 1),
  });

/** Frames whose samples are all their own number. */
const frames = (...values: number[]): Float32Array =>
  Float32Array.from(values.flatMap((value) => Array.from({ length: FRAME }, () => value)));

test('each frame is judged with the end of the one before and the state that it left', async () => {
  const { scores } = await scoreFrames(telling, frames(1, 2, 3), null, noSignal);
  expect([...scores].map((score) => Math.round(score * 100) / 100)).toEqual([0.01, 1001.02, 2002.03]);
});

test('a stream in pieces is judged as if it came at once', async () => {
  const whole = await scoreFrames(telling, frames(1, 2, 3), null, noSignal);
  const first = await scoreFrames(telling, frames(1), null, noSignal);
  const rest = await scoreFrames(telling, frames(2, 3), first.memory, noSignal);
  expect([...first.scores, ...rest.scores]).toEqual([...whole.scores]);
  expect(rest.memory).toEqual(whole.memory);
});

test('half a frame and a foreign memory are refused', async () => {
  await expect(scoreFrames(telling, new Float32Array(100), null, noSignal)).rejects.toThrow('not whole frames');
  await expect(scoreFrames(telling, frames(1), new Float32Array(3), noSignal)).rejects.toThrow('memory of 3');
});

test('a listener who left is noticed between two frames', async () => {
  const controller = new AbortController();
  const run: RunFrame = (input, state) => {
    controller.abort(new Error('left'));
    return telling(input, state);
  };
  await expect(scoreFrames(run, frames(1, 2), null, controller.signal)).rejects.toThrow('left');
});
