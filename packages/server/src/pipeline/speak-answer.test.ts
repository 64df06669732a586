import { expect, test } from 'vitest';
import type { Engine, TtsEvent } from '../engines/engine.ts';
import type { LeaseModels } from '../models/model-manager.ts';
import { systemClock } from '../shared/clock.ts';
import type { AnswerEvent, InputMessage } from './request.ts';
import { speakAnswer } from './speak-answer.ts';
import { TestModels, yields } from './test-models.ts';

const sound: TtsEvent = { kind: 'audio-chunk', sampleRate: 8000, samples: new Float32Array(800) };
const voices = {
  byLanguage: { zh: { model: 'chinese', voice: 'a' }, en: { model: 'english', voice: 'b' } },
  fallback: { model: 'english', voice: 'b' },
};
const speech = { voices, speed: 1 };
const finish: AnswerEvent = {
  kind: 'finish',
  promptTokens: 1,
  completionTokens: 2,
  reasoningTokens: 0,
  cachedTokens: 0,
  plan: { route: 'SELF_INFER', reason: 'words', confidence: 1, steps: [] },
};

const asks = (text: string): readonly InputMessage[] => [{ role: 'user', parts: [{ kind: 'text', text }] }];
const text = (words: string, choice = 0): AnswerEvent => ({ kind: 'text-delta', choice, text: words });
const ended = (choice = 0): AnswerEvent => ({ kind: 'choice-finished', choice, reason: 'stop' });

function speakers(say = yields('tts', sound)): TestModels {
  return new TestModels({ chinese: say, english: say, chat: yields('chat') });
}

interface Spoken {
  readonly models?: TestModels;
  readonly messages?: readonly InputMessage[];
  readonly signal?: AbortSignal;
}

/** Speaks an answer that leases and announces as a real one does. */
function spoken(
  events: AsyncIterable<AnswerEvent>,
  { models = speakers(), ...rest }: Spoken = {},
): AsyncGenerator<AnswerEvent> {
  async function* write(leased: LeaseModels, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
    using plan = leased.plan(['chat']);
    using _lease = await leased.acquire('chat', 'chat', signal, { plan });
    yield* events;
  }
  const { messages = asks('Hi'), signal = new AbortController().signal } = rest;
  return speakAnswer({ models, clock: systemClock }, { input: { messages }, speech }, write, signal);
}

/** One event a turn, as an engine writes. */
async function* written(...events: readonly AnswerEvent[]): AsyncGenerator<AnswerEvent> {
  for (const event of events) {
    await new Promise((resolve) => setImmediate(resolve));
    yield event;
  }
}

async function read(events: AsyncIterable<AnswerEvent>): Promise<AnswerEvent[]> {
  const all: AnswerEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const soundsOf = (events: readonly AnswerEvent[]) => events.filter((event) => event.kind === 'speech-delta');
const kinds = (events: readonly AnswerEvent[]): string[] => events.map((event) => event.kind);

test('the first clause sounds while the rest is still being written', async () => {
  const words = 'It is a fine day. We walk along the river until the evening comes. Then we go home and sleep.'.split(
    ' ',
  );
  const deltas = words.flatMap((word) => [text(`${word} `), text('')]);
  const events = await read(spoken(written(...deltas, ended(), finish)));
  const first = events.findIndex((event) => event.kind === 'speech-delta');
  const heardBefore = events.slice(0, first).flatMap((event) => (event.kind === 'text-delta' ? [event.text] : []));
  expect(heardBefore.join('').split(' ').length).toBeLessThan(words.length / 2);
});

test('all that is said comes before its choice ends, with its words once', async () => {
  const twice = speakers(yields('tts', sound, sound));
  const events = await read(
    spoken(written(text('Good morning. How are '), text('you today, my friend?'), ended(), finish), { models: twice }),
  );
  expect(soundsOf(events).map((event) => event.transcript)).toEqual([
    'Good morning.',
    '',
    ' How are you today, my friend?',
    '',
  ]);
  expect(kinds(events).indexOf('choice-finished')).toBeGreaterThan(kinds(events).lastIndexOf('speech-delta'));
  expect(kinds(events).slice(-2)).toEqual(['step-finished', 'finish']);
  expect(twice.leased).toBe(0);
});

test('the trace has the voice as a step, with the time of its first sound', async () => {
  const events = await read(spoken(written(text('你好。Nice to meet you.'), ended(), finish)));
  const last = events.at(-1);
  expect(last?.kind === 'finish' && last.plan.steps).toMatchObject([
    {
      step: 'tts',
      model: 'chinese, english',
      detail: expect.stringMatching(/^first sound at \d+ ms, 0\.2 s of sound$/) as string,
    },
  ]);
  expect(events.filter((event) => event.kind === 'step-started')).toEqual([
    { kind: 'step-started', step: 'tts', model: 'chinese' },
  ]);
});

test('a voice that hangs does not hold up the text', async () => {
  let speak: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (speak = resolve));
  const run: Engine<'tts'>['run'] = async function* () {
    await gate;
    yield sound;
  };
  const models = speakers({ task: 'tts', run });
  const seen: AnswerEvent[] = [];
  for await (const event of spoken(
    written(text('One two three. '), text('Four five six seven. '), text('Eight.'), ended(), finish),
    { models },
  )) {
    seen.push(event);
    if (event.kind === 'text-delta' && event.text === 'Eight.') {
      // The chat model is given back although nothing was said yet.
      setTimeout(() => {
        expect(models.leased).toBe(1);
        speak();
      }, 20);
    }
  }
  expect(kinds(seen).lastIndexOf('text-delta')).toBeLessThan(kinds(seen).indexOf('speech-delta'));
  expect(soundsOf(seen)).toHaveLength(2);
});

test('the voice of the caller’s language is announced with the answer’s models', async () => {
  const chinese = speakers();
  await read(spoken(written(text('你好。'), ended(), finish), { models: chinese, messages: asks('你好') }));
  expect(chinese.announced).toEqual([['chat', 'chinese']]);
  const unknown = speakers();
  const audio: readonly InputMessage[] = [{ role: 'user', parts: [{ kind: 'audio', bytes: new Uint8Array(40) }] }];
  await read(spoken(written(text('Hello.'), ended(), finish), { models: unknown, messages: audio }));
  expect(unknown.announced).toEqual([['chat', 'english', 'chinese']]);
});

test('reasoning, calls and code are not said, and an answer of nothing else has no sound and no voice step', async () => {
  const models = speakers();
  const events = await read(
    spoken(
      written(
        { kind: 'reasoning-delta', choice: 0, text: 'Let me think about this. Well.' },
        text('```js\nconst answer = 42;\n```\n'),
        { kind: 'tool-call', choice: 0, index: 0, id: 'call_1', name: 'look' },
        { kind: 'tool-call-delta', choice: 0, index: 0, text: '{"at":"the clock."}' },
        { kind: 'choice-finished', choice: 0, reason: 'tool-calls' },
        finish,
      ),
      { models },
    ),
  );
  expect(soundsOf(events)).toEqual([]);
  expect(models.acquired).toEqual(['chat']);
  expect(events.at(-1)).toEqual(finish);
});

test('each choice is said by itself and ends after its own sound', async () => {
  const events = await read(
    spoken(written(text('One is here', 0), text('Two is there', 1), ended(1), text('.', 0), ended(0), finish)),
  );
  expect(soundsOf(events).map(({ choice, transcript }) => [choice, transcript])).toEqual([
    [1, 'Two is there'],
    [0, 'One is here.'],
  ]);
  const order = events.flatMap((event) =>
    event.kind === 'speech-delta' || event.kind === 'choice-finished' ? [`${event.kind} ${event.choice}`] : [],
  );
  expect(order).toEqual(['speech-delta 1', 'choice-finished 1', 'speech-delta 0', 'choice-finished 0']);
});

test('a caller who leaves stops the voice and the text, and every model is given back', async () => {
  const models = speakers(yields('tts', sound, sound, sound, sound));
  for await (const event of spoken(written(text('Hello there. And so on. '), text('More. '), ended(), finish), {
    models,
  })) {
    if (event.kind === 'speech-delta') break;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(models.leased).toBe(0);
});

test('an aborted request ends with its reason while the voice hangs, and every model is given back', async () => {
  const leaving = new AbortController();
  const run: Engine<'tts'>['run'] = async function* (_request, signal) {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    yield sound;
  };
  const models = speakers({ task: 'tts', run });
  const events = spoken(written(text('Hello there. '), text('x'), ended(), finish), { models, signal: leaving.signal });
  setTimeout(() => leaving.abort(new Error('left')), 20);
  await expect(read(events)).rejects.toThrow('left');
  expect(models.leased).toBe(0);
});

test('the voice’s failure is the answer’s', async () => {
  const run: Engine<'tts'>['run'] = async function* () {
    yield sound;
    throw new Error('the voice broke');
  };
  const models = speakers({ task: 'tts', run });
  await expect(read(spoken(written(text('Hello there. And on.'), ended(), finish), { models }))).rejects.toThrow(
    'the voice broke',
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(models.leased).toBe(0);
});
