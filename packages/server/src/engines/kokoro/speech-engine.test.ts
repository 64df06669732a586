import { expect, test } from 'vitest';
import type { TtsEvent } from '../engine.ts';
import { SpeechEngine, type Utterance } from './speech-engine.ts';
import { MOST_PHONEMES } from './vocabulary.ts';
import { STYLE_ROWS, STYLE_SIZE } from './voices.ts';

/** Every row of the voice is full of its own number. */
const voice = Float32Array.from({ length: STYLE_ROWS * STYLE_SIZE }, (_, at) => Math.floor(at / STYLE_SIZE));
const vocabulary = new Map(Array.from(' ,.xauinitkwoɤlpsʂɨʨjŋ→↗↓↘', (character, at) => [character, at + 1]));
const LONG = '你好吧，'.repeat(100);
const never = new AbortController().signal;

/** An engine whose model says half a second of sound for everything. */
function fakeEngine(onRun: (utterance: Utterance) => void = () => undefined) {
  const runs: Utterance[] = [];
  const model = { released: 0 };
  const synthesise = async (utterance: Utterance): Promise<Float32Array> => {
    expect(model.released).toBe(0);
    runs.push(utterance);
    onRun(utterance);
    return new Float32Array(12_000).fill(0.5);
  };
  const release = async (): Promise<void> => {
    model.released += 1;
  };
  const engine = new SpeechEngine({
    synthesiser: { synthesise, release },
    voices: new Map([['kumo', voice]]),
    vocabulary,
  });
  return { engine, runs, model };
}

async function collect(events: AsyncIterable<TtsEvent>): Promise<TtsEvent[]> {
  const all: TtsEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const request = (text: string) => ({ text, voice: 'kumo', speed: 1 });

test('a clause is one run, with the style for its length and the pace that was asked', async () => {
  const { engine, runs } = fakeEngine();
  const events = await collect(engine.run({ ...request('你好'), speed: 1.25 }, never));
  expect(events).toEqual([{ kind: 'audio-chunk', sampleRate: 24_000, samples: expect.any(Float32Array) }]);
  const [run] = runs;
  expect(runs).toHaveLength(1);
  expect(run?.speed).toBe(1.25);
  expect(run?.tokens).toHaveLength('ni↓xau↓'.length);
  expect(Array.from(new Set(run?.style))).toEqual([run?.tokens.length]);
  expect(run?.style).toHaveLength(STYLE_SIZE);
});

test('a long text becomes several runs and chunks', async () => {
  const { engine, runs } = fakeEngine();
  const events = await collect(engine.run(request(LONG), never));
  expect(runs.length).toBeGreaterThan(2);
  expect(events).toHaveLength(runs.length);
  expect(Math.max(...runs.map((run) => run.tokens.length))).toBeLessThanOrEqual(MOST_PHONEMES);
});

test('a cancelled request stops before its next run, and the next request is spoken', async () => {
  const controller = new AbortController();
  const { engine, runs } = fakeEngine(() => controller.abort());
  await expect(collect(engine.run(request(LONG), controller.signal))).rejects.toThrow(/abort/i);
  expect(runs).toHaveLength(1);
  await collect(engine.run(request('你好'), never));
  expect(runs).toHaveLength(2);
});

test('a reader who leaves stops the work', async () => {
  const { engine, runs } = fakeEngine();
  for await (const _ of engine.run(request(LONG), never)) break;
  expect(runs).toHaveLength(1);
});

test('two requests take turns, the first one first', async () => {
  const order: string[] = [];
  const { engine } = fakeEngine(({ speed }) => order.push(speed === 1 ? 'first' : 'second'));
  await Promise.all([
    collect(engine.run(request(LONG), never)),
    collect(engine.run({ ...request('你好'), speed: 2 }, never)),
  ]);
  expect(order.slice(0, 2)).toEqual(['first', 'second']);
});

test('a text of signs alone is a moment of silence and no run', async () => {
  const { engine, runs } = fakeEngine();
  const [event] = await collect(engine.run(request('😀…'), never));
  expect(event?.samples).toEqual(new Float32Array(2_400));
  expect(runs).toHaveLength(0);
});

test('a text of another script, and an unknown voice, are refused with what to do', async () => {
  const { engine } = fakeEngine();
  await expect(collect(engine.run(request('สวัสดี'), never))).rejects.toMatchObject({
    code: 'unsupported_value',
    param: 'input',
  });
  const unknown = collect(engine.run({ ...request('你好'), voice: 'nobody' }, never));
  await expect(unknown).rejects.toThrow('no voice is called nobody; this model has kumo');
});

test('closing releases the model once the run in progress has ended, and later runs fail', async () => {
  let closing: Promise<void> = Promise.resolve();
  const { engine, runs, model } = fakeEngine(() => {
    closing = engine.close();
  });
  await expect(collect(engine.run(request(LONG), never))).rejects.toMatchObject({ code: 'model_crashed' });
  await closing;
  expect(runs).toHaveLength(1);
  expect(model.released).toBe(1);
});
