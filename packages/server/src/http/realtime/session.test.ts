import { RealtimeClientEvent } from '@concert/protocol';
import { expect, test } from 'vitest';
import type { AnswerEvent, ChatInput } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { parse } from '../parse.ts';
import type { Effect, SessionInput } from './effect.ts';
import type { ApiShape } from './render-session.ts';
import { toWire } from './server-event.ts';
import { RealtimeSession } from './session.ts';
import { defaultSettings } from './session-settings.ts';

interface Wire {
  readonly type: string;
  readonly [field: string]: unknown;
}

const PLAN = { route: 'SELF_INFER', reason: '', confidence: 1, steps: [] };
const END: readonly AnswerEvent[] = [
  { kind: 'choice-finished', choice: 0, reason: 'stop' },
  { kind: 'finish', promptTokens: 9, completionTokens: 4, reasoningTokens: 0, cachedTokens: 2, plan: PLAN },
];
const text = (words: string): AnswerEvent => ({ kind: 'text-delta', choice: 0, text: words });
/** A second of sound for each piece. */
const speech = (transcript: string): AnswerEvent => ({
  kind: 'speech-delta',
  choice: 0,
  transcript,
  sampleRate: 24_000,
  samples: new Float32Array(24_000).fill(0.5),
});

/** So many milliseconds of the same sample, as base64. */
function pcm(ms: number, sample: number): string {
  return Buffer.from(Int16Array.from({ length: ms * 24 }, () => sample).buffer).toString('base64');
}

/** A session with a client that remembers what it was told, and a world in which everything takes as long as the test says. */
class World {
  readonly told: Wire[] = [];
  readonly effects: Effect[] = [];
  nowMs = 0;
  #ids = 0;
  readonly session: RealtimeSession;
  readonly #shape: ApiShape;

  constructor(shape: ApiShape = 'ga', purpose: 'realtime' | 'transcription' = 'realtime') {
    this.#shape = shape;
    this.session = new RealtimeSession({
      settings: defaultSettings('hub', purpose),
      shape,
      imagePixels: 1_000_000,
      newId: (prefix) => `${prefix}_${(this.#ids += 1)}`,
      now: () => this.nowMs,
      check: ({ voice }) => {
        if (voice === 'nobody') throw new GatewayError('unsupported_value', 'no such voice', { param: 'voice' });
      },
    });
    this.#keep(this.session.start());
  }

  send(event: object): Wire[] {
    return this.take({ kind: 'client', event: parse(RealtimeClientEvent, event) });
  }

  take(input: SessionInput): Wire[] {
    return this.#keep(this.session.handle(input));
  }

  /** Appends so many milliseconds of sound and answers for the detector: a voice or silence. */
  hear(ms: number, voice: boolean): Wire[] {
    const told = this.send({ type: 'input_audio_buffer.append', audio: pcm(ms, voice ? 8000 : 0) });
    const detect = this.effects.findLast((effect) => effect.kind === 'detect');
    if (detect === undefined) return told;
    const scores = new Float32Array(Math.round(ms / 32)).fill(voice ? 0.9 : 0.01);
    return [...told, ...this.take({ kind: 'scores', stream: detect.stream, scores })];
  }

  /** The last sound that was to be written down says this. */
  understand(words: string): Wire[] {
    const { id } = this.last('transcribe');
    return [
      ...(words === '' ? [] : this.take({ kind: 'heard-more', id, text: ` ${words}` })),
      ...this.take({ kind: 'heard', id }),
    ];
  }

  /** The last question gets these events as its answer. */
  answer(...events: readonly AnswerEvent[]): Wire[] {
    const { id } = this.last('answer');
    const told = events.flatMap((event) => this.take({ kind: 'answer-event', id, event }));
    return events.at(-1)?.kind === 'finish' ? [...told, ...this.take({ kind: 'answered', id })] : told;
  }

  last<K extends Effect['kind']>(kind: K): Extract<Effect, { kind: K }> {
    const found = this.effects.findLast((effect) => effect.kind === kind);
    if (found === undefined) throw new Error(`nothing was to be done of the kind ${kind}`);
    return found as Extract<Effect, { kind: K }>;
  }

  count(kind: Effect['kind']): number {
    return this.effects.filter((effect) => effect.kind === kind).length;
  }

  #keep(effects: readonly Effect[]): Wire[] {
    const told = effects.flatMap((effect) =>
      effect.kind === 'send' ? [toWire(effect.event, this.#shape, 'event') as Wire | null] : [],
    );
    const wires = told.filter((wire) => wire !== null);
    this.effects.push(...effects);
    this.told.push(...wires);
    return wires;
  }
}

const types = (events: readonly Wire[]): string[] => events.map(({ type }) => type);
const errorOf = (events: readonly Wire[]): unknown => events.find(({ type }) => type === 'error')?.['error'];
const words = (input: ChatInput): string[] =>
  input.messages.map(
    ({ role, parts }) => `${role}: ${parts.map((part) => (part.kind === 'text' ? part.text : part.kind)).join(' ')}`,
  );
const say = (words: string): object => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] },
});
const TEXT_ONLY = { type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } };
const BY_HAND = { type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: null } } } };

test('a session begins by telling how it is set', () => {
  const [created] = new World().told;
  expect(created).toMatchObject({
    type: 'session.created',
    session: {
      type: 'realtime',
      model: 'hub',
      output_modalities: ['audio'],
      audio: {
        input: { format: { type: 'audio/pcm', rate: 24_000 }, turn_detection: { type: 'server_vad', threshold: 0.5 } },
        output: { voice: 'alloy' },
      },
    },
  });
});

test('a written question gets a written answer, event by event', () => {
  const world = new World();
  world.send(TEXT_ONLY);
  expect(types(world.send(say('Hi')))).toEqual(['conversation.item.added', 'conversation.item.done']);
  expect(types(world.send({ type: 'response.create' }))).toEqual(['response.created']);
  expect(words(world.last('answer').input)).toEqual(['user: Hi']);
  const told = world.answer(text('Hel'), text('lo'), ...END);
  expect(types(told)).toEqual([
    'response.output_item.added',
    'conversation.item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'conversation.item.done',
    'response.output_item.done',
    'response.done',
  ]);
  expect(told.at(-1)).toMatchObject({
    response: {
      status: 'completed',
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] }],
      usage: { total_tokens: 13, input_tokens: 9, output_tokens: 4, input_token_details: { cached_tokens: 2 } },
    },
  });
});

test('a spoken answer is told as sound and as the words that sound', () => {
  const world = new World();
  world.send(say('Hi'));
  world.send({ type: 'response.create' });
  expect(world.last('answer').input.speech).toEqual({ voice: 'alloy', speed: 1 });
  const told = world.answer(text('Good morning.'), speech('Good '), speech('morning.'), ...END);
  const of = (type: string): Wire[] => told.filter((event) => event.type === type);
  expect(of('response.output_audio_transcript.delta').map(({ delta }) => delta)).toEqual(['Good ', 'morning.']);
  const bytes = of('response.output_audio.delta').map(({ delta }) => Buffer.from(String(delta), 'base64').length);
  expect(bytes).toEqual(Array.from({ length: 8 }, () => 12_000));
  expect(of('response.output_audio_transcript.done')[0]).toMatchObject({ transcript: 'Good morning.' });
  expect(types(told).slice(-6)).toEqual([
    'response.output_audio.done',
    'response.output_audio_transcript.done',
    'response.content_part.done',
    'conversation.item.done',
    'response.output_item.done',
    'response.done',
  ]);
});

test('clients of the first version get its names and its shapes', () => {
  const world = new World('beta');
  expect(types(world.told)).toEqual(['session.created', 'conversation.created']);
  expect(world.told[0]).toMatchObject({ session: { modalities: ['text', 'audio'], input_audio_format: 'pcm16' } });
  const [updated] = world.send({
    type: 'session.update',
    session: { modalities: ['text'], turn_detection: null, input_audio_format: 'g711_ulaw', tool_choice: 'none' },
  });
  expect(updated).toMatchObject({
    type: 'session.updated',
    session: { modalities: ['text'], turn_detection: null, input_audio_format: 'g711_ulaw', tool_choice: 'none' },
  });
  expect(types(world.send(say('Hi')))).toEqual(['conversation.item.created']);
  world.send({ type: 'response.create', response: { modalities: ['text', 'audio'] } });
  const told = types(world.answer(text('Yes'), speech('Yes'), ...END));
  expect(told).toContain('response.audio.delta');
  expect(told).toContain('response.audio_transcript.done');
  expect(told).toContain('conversation.item.created');
  expect(told.some((type) => type.includes('output_audio') || type === 'conversation.item.done')).toBe(false);
});

test('sound that is committed is written down and answered in its own words', () => {
  const world = new World();
  world.send(BY_HAND);
  world.hear(500, true);
  const committed = world.send({ type: 'input_audio_buffer.commit' });
  expect(types(committed)).toEqual([
    'input_audio_buffer.committed',
    'conversation.item.added',
    'conversation.item.done',
  ]);
  expect(Buffer.from(world.last('transcribe').audio).readUInt32LE(40)).toBe(24_000);
  world.send({ type: 'response.create' });
  expect(world.count('answer')).toBe(0);
  // Nobody asked to be told of transcripts.
  expect(world.understand('What time is it?')).toEqual([]);
  expect(words(world.last('answer').input)).toEqual(['user: What time is it?']);
});

test('transcripts are told to whoever asks for them, as they grow', () => {
  const world = new World();
  const transcription = { model: 'whisper-1', language: 'en-US' };
  const input = { turn_detection: null, transcription };
  world.send({ type: 'session.update', session: { type: 'realtime', audio: { input } } });
  world.hear(200, true);
  world.send({ type: 'input_audio_buffer.commit' });
  expect(world.last('transcribe')).toMatchObject({ model: 'whisper-1', language: 'en' });
  expect(world.understand('Hello you')).toMatchObject([
    { type: 'conversation.item.input_audio_transcription.delta', delta: 'Hello you', content_index: 0 },
    {
      type: 'conversation.item.input_audio_transcription.completed',
      transcript: 'Hello you',
      usage: { type: 'duration', seconds: 0.2 },
    },
  ]);
});

test('the server tells the turns: it commits and answers by itself', () => {
  const world = new World();
  expect(world.hear(640, false)).toEqual([]);
  const [started] = world.hear(320, true);
  // The voice began at 640 ms; 300 ms before it are kept.
  expect(started).toMatchObject({ type: 'input_audio_buffer.speech_started', audio_start_ms: 340 });
  const stopped = world.hear(512, false);
  expect(types(stopped)).toEqual([
    'input_audio_buffer.speech_stopped',
    'input_audio_buffer.committed',
    'conversation.item.added',
    'conversation.item.done',
  ]);
  expect(stopped[0]).toMatchObject({ audio_end_ms: 1472, item_id: started?.['item_id'] });
  // It was written down from the first 200 ms of the silence on.
  expect(Buffer.from(world.last('transcribe').audio).readUInt32LE(40)).toBe((1184 - 340) * 48);
  expect(types(world.understand('Hello'))).toEqual(['response.created']);
  expect(words(world.last('answer').input)).toEqual(['user: Hello']);
});

test('noise without words is committed and not answered', () => {
  const world = new World();
  world.hear(320, true);
  world.hear(640, false);
  expect(types(world.understand(''))).toEqual([]);
  expect(world.count('answer')).toBe(0);
});

test('who speaks while the answer runs cuts it off at once', () => {
  const world = new World();
  world.send(say('Tell me a story'));
  world.send({ type: 'response.create' });
  world.answer(text('Once upon a time'), speech('Once upon '));
  const told = world.hear(320, true);
  expect(told[0]?.type).toBe('input_audio_buffer.speech_started');
  expect(told.at(-1)).toMatchObject({
    type: 'response.done',
    response: {
      status: 'cancelled',
      status_details: { reason: 'turn_detected' },
      output: [{ status: 'incomplete', content: [{ type: 'output_audio', transcript: 'Once upon ' }] }],
    },
  });
  expect(world.last('stop-answering').id).toBe(world.last('answer').id);
  // What still comes of it says nothing any more.
  expect(world.answer(speech('a time'))).toEqual([]);
  world.hear(640, false);
  world.understand('Stop');
  expect(words(world.last('answer').input)).toEqual(['user: Tell me a story', 'assistant: Once upon ', 'user: Stop']);
});

test('an answer that must not be interrupted is finished before the next turn is answered', () => {
  const world = new World();
  const turn_detection = { type: 'server_vad', interrupt_response: false };
  world.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection } } } });
  world.send(say('Hi'));
  world.send({ type: 'response.create' });
  world.hear(320, true);
  world.hear(640, false);
  expect(types(world.understand('And?'))).toEqual([]);
  expect(types(world.answer(speech('Yes'), ...END)).at(-1)).toBe('response.created');
  expect(words(world.last('answer').input).at(-1)).toBe('user: And?');
});

test('what a listener did not hear of an answer is taken out of the conversation', () => {
  const world = new World();
  world.send(say('Count'));
  world.send({ type: 'response.create' });
  const told = world.answer(text('One two three four.'), speech('One two '), speech('three four.'), ...END);
  const item = told.find(({ type }) => type === 'conversation.item.added')?.['item'] as { id: string };
  const truncate = { type: 'conversation.item.truncate', item_id: item.id, content_index: 0 };
  expect(errorOf(world.send({ ...truncate, audio_end_ms: 2001 }))).toMatchObject({ param: 'audio_end_ms' });
  expect(world.send({ ...truncate, audio_end_ms: 1600 })).toMatchObject([
    { type: 'conversation.item.truncated', item_id: item.id, audio_end_ms: 1600 },
  ]);
  world.send(say('Go on'));
  world.send({ type: 'response.create' });
  expect(words(world.last('answer').input)).toEqual(['user: Count', 'assistant: One two three ', 'user: Go on']);
});

test('a function call is told with its arguments, and its result goes back to the model', () => {
  const world = new World();
  world.send({
    type: 'session.update',
    session: {
      type: 'realtime',
      output_modalities: ['text'],
      tools: [{ type: 'function', name: 'weather', description: 'Tells it', parameters: { type: 'object' } }],
      tool_choice: 'required',
    },
  });
  world.send(say('Weather?'));
  world.send({ type: 'response.create' });
  expect(world.last('answer').input.tools).toMatchObject({
    definitions: [{ name: 'weather', strict: false }],
    choice: 'required',
  });
  const told = world.answer(
    { kind: 'tool-call', choice: 0, index: 0, id: 'call_x', name: 'weather' },
    { kind: 'tool-call-delta', choice: 0, index: 0, text: '{"city":' },
    { kind: 'tool-call-delta', choice: 0, index: 0, text: '"Rome"}' },
    { kind: 'choice-finished', choice: 0, reason: 'tool-calls' },
    ...END.slice(1),
  );
  expect(types(told)).toEqual([
    'response.output_item.added',
    'conversation.item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'conversation.item.done',
    'response.output_item.done',
    'response.done',
  ]);
  expect(told[4]).toMatchObject({ call_id: 'call_x', name: 'weather', arguments: '{"city":"Rome"}' });
  world.send({
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: 'call_x', output: 'Sunny' },
  });
  world.send({ type: 'response.create' });
  expect(world.last('answer').input.messages.slice(1)).toEqual([
    { role: 'assistant', parts: [], toolCalls: [{ id: 'call_x', name: 'weather', arguments: '{"city":"Rome"}' }] },
    { role: 'tool', toolCallId: 'call_x', parts: [{ kind: 'text', text: 'Sunny' }] },
  ]);
});

test('a response beside the conversation leaves no trace in it', () => {
  const world = new World();
  world.send(say('Hi'));
  world.send({
    type: 'response.create',
    response: {
      conversation: 'none',
      output_modalities: ['text'],
      instructions: 'Classify.',
      metadata: { topic: 'x' },
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Only this' }] }],
    },
  });
  expect(words(world.last('answer').input)).toEqual(['system: Classify.', 'user: Only this']);
  const told = world.answer(text('greeting'), ...END);
  expect(types(told).some((type) => type.startsWith('conversation.'))).toBe(false);
  expect(told.at(-1)).toMatchObject({ response: { conversation_id: null, metadata: { topic: 'x' } } });
  world.send({ type: 'response.create' });
  expect(words(world.last('answer').input)).toEqual(['user: Hi']);
});

test('only one response at a time belongs to the conversation', () => {
  const world = new World();
  world.send(say('Hi'));
  world.send({ type: 'response.create' });
  expect(errorOf(world.send({ type: 'response.create', event_id: 'mine' }))).toMatchObject({
    code: 'conversation_already_has_active_response',
    event_id: 'mine',
  });
  expect(world.send({ type: 'response.cancel' }).at(-1)).toMatchObject({
    response: { status: 'cancelled', status_details: { reason: 'client_cancelled' } },
  });
  expect(errorOf(world.send({ type: 'response.cancel' }))).toMatchObject({ code: 'response_cancel_not_active' });
});

test('an answer that fails or is cut at its limit says so, and the session goes on', () => {
  const world = new World();
  world.send(say('Hi'));
  world.send({ type: 'response.create' });
  const error = new GatewayError('model_crashed', 'it fell over');
  expect(world.take({ kind: 'not-answered', id: world.last('answer').id, error }).at(-1)).toMatchObject({
    response: { status: 'failed', status_details: { error: { code: 'model_crashed', message: 'it fell over' } } },
  });
  world.send({ type: 'response.create', response: { output_modalities: ['text'], max_output_tokens: 1 } });
  expect(world.last('answer').input.maxTokens).toBe(1);
  const cut: AnswerEvent = { kind: 'choice-finished', choice: 0, reason: 'length' };
  expect(world.answer(text('He'), cut, ...END.slice(1)).at(-1)).toMatchObject({
    response: { status: 'incomplete', status_details: { reason: 'max_output_tokens' } },
  });
});

test('a conversation that outgrew the model’s context goes on without its oldest part', () => {
  const world = new World();
  world.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Be kind.' } });
  for (const question of ['one', 'two', 'three', 'four']) world.send(say(question));
  world.send({ type: 'response.create' });
  const error = new GatewayError('context_length_exceeded', 'too long');
  const again = (): Wire[] => world.take({ kind: 'not-answered', id: world.last('answer').id, error });
  expect(again()).toEqual([]);
  expect(words(world.last('answer').input)).toEqual(['system: Be kind.', 'user: three', 'user: four']);
  expect(again()).toEqual([]);
  expect(again().at(-1)).toMatchObject({ response: { status: 'failed' } });
});

test('a turn that could not be written down fails its answer with the reason', () => {
  const world = new World();
  world.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { transcription: {} } } } });
  world.hear(320, true);
  world.hear(640, false);
  const error = new GatewayError('model_missing', 'no ears');
  const told = world.take({ kind: 'not-heard', id: world.last('transcribe').id, error });
  expect(told[0]).toMatchObject({
    type: 'conversation.item.input_audio_transcription.failed',
    error: { code: 'model_missing' },
  });
  expect(told.at(-1)).toMatchObject({
    response: { status: 'failed', status_details: { error: { message: 'no ears' } } },
  });
});

test('a silent user is asked to go on, after the answer has been played and the time is over', () => {
  const world = new World();
  const turn_detection = { type: 'server_vad', idle_timeout_ms: 5000 };
  world.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection } } } });
  world.send(say('Hi'));
  world.send({ type: 'response.create' });
  world.answer(speech('Hello'));
  world.nowMs = 400;
  world.answer(...END);
  expect(world.last('wake').ms).toBe(5600);
  const told = world.take({ kind: 'woken' });
  expect(types(told)).toEqual([
    'input_audio_buffer.timeout_triggered',
    'input_audio_buffer.committed',
    'conversation.item.added',
    'conversation.item.done',
    'response.created',
  ]);
  expect(words(world.last('answer').input).at(-1)).toMatch(/said nothing for 5 seconds/);
});

test('items can be put in order, read back with their sound, and deleted', () => {
  const world = new World();
  world.send(BY_HAND);
  world.send(say('second'));
  const first = { ...(say('first') as { item: object }), previous_item_id: 'root' };
  expect(world.send(first)[0]).toMatchObject({ previous_item_id: null });
  world.hear(200, true);
  const [committed] = world.send({ type: 'input_audio_buffer.commit' });
  const id = committed?.['item_id'];
  const [retrieved] = world.send({ type: 'conversation.item.retrieve', item_id: id });
  expect(retrieved).toMatchObject({ item: { content: [{ audio: pcm(200, 8000) }] } });
  expect(types(world.send({ type: 'conversation.item.delete', item_id: id }))).toEqual(['conversation.item.deleted']);
  expect(world.last('stop-transcribing').id).toBe(world.last('transcribe').id);
  expect(errorOf(world.send({ type: 'conversation.item.retrieve', item_id: id, event_id: 'e7' }))).toMatchObject({
    code: 'not_found',
    param: 'item_id',
    event_id: 'e7',
  });
  world.send({ type: 'response.create' });
  expect(words(world.last('answer').input)).toEqual(['user: first', 'user: second']);
});

test('a commit of nothing, an unknown voice and a foreign tool are refused one by one', () => {
  const world = new World();
  expect(errorOf(world.send({ type: 'input_audio_buffer.commit' }))).toMatchObject({
    code: 'input_audio_buffer_commit_empty',
  });
  const update = (session: object): unknown => errorOf(world.send({ type: 'session.update', session }));
  expect(update({ voice: 'nobody' })).toMatchObject({ code: 'unsupported_value', param: 'voice' });
  expect(update({ tools: [{ type: 'mcp', server_label: 'x' }] })).toMatchObject({ param: 'session.tools.0.type' });
  expect(update({ tool_choice: { type: 'function', name: 'ghost' } })).toMatchObject({ param: 'session.tool_choice' });
  expect(update({ prompt: { id: 'pmpt_1' } })).toMatchObject({ param: 'session.prompt' });
});

test('telephone sound comes and goes in its own format', () => {
  const world = new World();
  const audio = {
    input: { format: { type: 'audio/pcmu' }, turn_detection: null },
    output: { format: { type: 'audio/pcma' } },
  };
  const [updated] = world.send({ type: 'session.update', session: { type: 'realtime', audio } });
  expect(updated).toMatchObject({
    session: { audio: { input: { format: { type: 'audio/pcmu' } }, output: { format: { type: 'audio/pcma' } } } },
  });
  world.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(8000, 0xff).toString('base64') });
  world.send({ type: 'input_audio_buffer.commit' });
  expect(Buffer.from(world.last('transcribe').audio).readUInt32LE(24)).toBe(8000);
  world.understand('Hi');
  world.send({ type: 'response.create' });
  const told = world.answer(speech('Yes'), ...END).filter(({ type }) => type === 'response.output_audio.delta');
  expect(Buffer.concat(told.map(({ delta }) => Buffer.from(String(delta), 'base64')))).toHaveLength(8000);
});

test('turns told by their meaning are told by pauses, and the session says so', () => {
  const turn_detection = { type: 'semantic_vad', eagerness: 'low' };
  const session = { type: 'realtime', audio: { input: { turn_detection } } };
  expect(new World().send({ type: 'session.update', session })[0]).toMatchObject({
    session: { audio: { input: { turn_detection: { type: 'server_vad', silence_duration_ms: 1200 } } } },
  });
});

test('without a detector the session tells its client to end turns by hand', () => {
  const world = new World();
  world.hear(320, false);
  const error = new GatewayError('model_missing', 'no detector');
  const { stream } = world.last('detect');
  expect(world.take({ kind: 'detector-failed', stream, error })).toMatchObject([
    { type: 'error', error: { code: 'model_missing' } },
    { type: 'session.updated', session: { audio: { input: { turn_detection: null } } } },
  ]);
  expect(world.take({ kind: 'detector-failed', stream, error })).toEqual([]);
});

test('a transcription session writes turns down and answers none', () => {
  const world = new World('ga', 'transcription');
  expect(world.told[0]).toMatchObject({ session: { type: 'transcription' } });
  world.hear(320, true);
  world.hear(640, false);
  expect(types(world.understand('Note this'))).toEqual([
    'conversation.item.input_audio_transcription.delta',
    'conversation.item.input_audio_transcription.completed',
  ]);
  expect(world.count('answer')).toBe(0);
  expect(errorOf(world.send({ type: 'response.create' }))).toMatchObject({ code: 'invalid_request' });
});

test('the models are warmed when they will be needed, not by a session that only says how it is set', () => {
  const world = new World();
  world.send(TEXT_ONLY);
  expect(world.count('warm')).toBe(0);
  world.hear(320, false);
  world.hear(320, false);
  expect(world.count('warm')).toBe(1);
  world.hear(320, true);
  expect(world.count('warm')).toBe(2);
});

test('a turn that seems over is written down ahead, and its words wait until it is', () => {
  const world = new World();
  world.hear(320, true);
  expect(world.hear(256, false)).toEqual([]);
  const { id } = world.last('transcribe');
  world.take({ kind: 'heard-more', id, text: ' Hello' });
  expect(world.take({ kind: 'heard', id })).toEqual([]);
  const told = world.hear(256, false);
  expect(types(told).slice(-1)).toEqual(['response.created']);
  expect(world.count('transcribe')).toBe(1);
  expect(words(world.last('answer').input)).toEqual(['user: Hello']);
});

test('words that come after the turn’s end belong to it, though they were asked for ahead', () => {
  const world = new World();
  world.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { transcription: {} } } } });
  world.hear(320, true);
  world.hear(256, false);
  world.take({ kind: 'heard-more', id: world.last('transcribe').id, text: ' Hello' });
  const told = world.hear(256, false);
  expect(told.at(-1)).toMatchObject({ type: 'conversation.item.input_audio_transcription.delta', delta: 'Hello' });
  expect(types(world.understand('you'))).toEqual([
    'conversation.item.input_audio_transcription.delta',
    'conversation.item.input_audio_transcription.completed',
    'response.created',
  ]);
  expect(words(world.last('answer').input)).toEqual(['user: Hello you']);
});

test('what was written down ahead is dropped when the speaker goes on', () => {
  const world = new World();
  world.hear(320, true);
  world.hear(256, false);
  const { id } = world.last('transcribe');
  world.hear(320, true);
  expect(world.last('stop-transcribing').id).toBe(id);
  expect(world.take({ kind: 'heard', id })).toEqual([]);
  world.hear(512, false);
  expect(world.last('transcribe').id).not.toBe(id);
  expect(types(world.understand('The whole'))).toEqual(['response.created']);
  expect(words(world.last('answer').input)).toEqual(['user: The whole']);
});

test('a turn whose words could not be had ahead is tried again', () => {
  const world = new World();
  world.hear(320, true);
  world.hear(256, false);
  const { id } = world.last('transcribe');
  expect(world.take({ kind: 'not-heard', id, error: new GatewayError('model_crashed', 'fell over') })).toEqual([]);
  world.hear(256, false);
  expect(world.last('transcribe').id).not.toBe(id);
});
