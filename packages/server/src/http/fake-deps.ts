import { testSpec } from '../models/test-spec.ts';
import type {
  AnswerEvent,
  ChatInput,
  EmbedInput,
  PlanTrace,
  SpeakInput,
  TranscribeInput,
} from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { silentLog } from '../shared/log.ts';
import type { VoiceModels } from '../pipeline/turn-detection/voice-models.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { noMetrics } from '../shared/metrics.ts';
import type { AppDeps } from './app-deps.ts';

/** For tests: dependencies that answer at once and remember what they were asked. */
export interface FakeDeps extends AppDeps {
  /** Names of the functions that were called, in order. */
  readonly calls: string[];
  readonly chats: ChatInput[];
  readonly recordings: TranscribeInput[];
  readonly texts: SpeakInput[];
  readonly embeds: EmbedInput[];
}

/** A plan of two steps, as a chat about a picture has. */
export const FAKE_PLAN: PlanTrace = {
  route: 'OCR_SERVICE',
  reason: 'a picture and no words',
  confidence: 1,
  steps: [
    { step: 'ocr', model: 'reader', startMs: 0, durationMs: 12.34 },
    { step: 'chat', model: 'small-llm', startMs: 13, durationMs: 100 },
  ],
};

/** How an answer of one choice ends. */
export const FAKE_END: readonly AnswerEvent[] = [
  { kind: 'choice-finished', choice: 0, reason: 'stop' },
  { kind: 'finish', promptTokens: 1, completionTokens: 1, reasoningTokens: 0, cachedTokens: 0, plan: FAKE_PLAN },
];

/** What the fake answers: reasoning, then "Hello world". */
export const FAKE_ANSWER: readonly AnswerEvent[] = [
  { kind: 'step-started', step: 'ocr', model: 'reader' },
  { kind: 'step-finished', trace: { step: 'ocr', model: 'reader', startMs: 0, durationMs: 12.34 } },
  { kind: 'start', model: 'small-llm' },
  { kind: 'reasoning-delta', choice: 0, text: 'hm' },
  { kind: 'text-delta', choice: 0, text: 'Hello' },
  { kind: 'text-delta', choice: 0, text: ' "world"\n' },
  { kind: 'choice-finished', choice: 0, reason: 'stop' },
  {
    kind: 'finish',
    promptTokens: 7,
    completionTokens: 3,
    reasoningTokens: 0,
    cachedTokens: 2,
    plan: FAKE_PLAN,
  },
];

/** Makes them; `overrides` replace single functions. */
export function fakeDeps(overrides: Partial<AppDeps> = {}): FakeDeps {
  const calls: string[] = [];
  const chats: ChatInput[] = [];
  const recordings: TranscribeInput[] = [];
  const texts: SpeakInput[] = [];
  const embeds: EmbedInput[] = [];
  return {
    calls,
    chats,
    recordings,
    texts,
    embeds,
    async *answer(input) {
      calls.push('answer');
      chats.push(input);
      yield* FAKE_ANSWER;
    },
    async *transcribe(input) {
      calls.push('transcribe');
      recordings.push(input);
      yield { kind: 'start', model: 'ears' };
      yield { kind: 'audio', durationSeconds: 3.5 };
      const words = input.words === true && { words: [{ text: 'Try', startSeconds: 0.1, endSeconds: 0.4 }] };
      yield { kind: 'segment', text: ' Try again.', startSeconds: 0, endSeconds: 1.25, language: 'en', ...words };
      yield { kind: 'segment', text: ' Fail better.', startSeconds: 1.5, endSeconds: 3.5, language: 'en' };
      yield { kind: 'finish', language: 'en' };
    },
    async *speak(input) {
      calls.push('speak');
      texts.push(input);
      yield { kind: 'start', model: 'mouth' };
      yield { kind: 'audio-chunk', sampleRate: 16_000, samples: Float32Array.of(0, 0.5) };
      yield { kind: 'audio-chunk', sampleRate: 16_000, samples: Float32Array.of(-1, 1) };
    },
    async embed(input) {
      calls.push('embed');
      embeds.push(input);
      const vectors = input.texts.map((_, index) => Float32Array.of(0.6, -0.8, index).slice(0, input.dimensions ?? 3));
      return { model: 'compass', vectors, tokens: 5 };
    },
    async readText() {
      calls.push('readText');
      const line = {
        text: '限时优惠',
        confidence: 0.99,
        box: [
          [0, 0],
          [9, 0],
          [9, 9],
          [0, 9],
        ],
      } as const;
      return {
        model: 'reader',
        result: {
          kind: 'ocr-result',
          width: 20,
          height: 10,
          rotation: 0,
          lines: [line, { ...line, text: '满300减50' }],
        },
      };
    },
    decide(input) {
      calls.push('decide');
      chats.push(input);
      return { route: 'SELF_INFER', reason: 'words only', confidence: 1, steps: ['chat'] };
    },
    planVoice: () => ({ detector: 'vad', steps: [] }),
    // Whatever is not nearly silent is a voice.
    openVoice: () => fakeVoice(),
    models: () => [
      {
        id: 'hub',
        ownedBy: 'concert',
        createdMs: 1_700_000_000_000,
        task: 'chat',
        backing: 'small-llm',
        state: 'unloaded',
        input: ['text'],
        languages: ['en'],
        voices: [],
        licence: 'Apache-2.0',
      },
    ],
    voices: () => [
      { id: 'joe', description: 'A man', model: 'mouth', languages: ['en'], standsFor: null },
      { id: 'alloy', description: 'alloy: the default voice', model: null, languages: ['en', 'zh'], standsFor: 'auto' },
    ],
    status: () => ({
      state: 'ready',
      models: [
        {
          model: testSpec({ id: 'small-llm', task: 'chat', idleMs: 300_000 }),
          state: { kind: 'ready', users: 1, pid: 42 },
          waiters: 2,
          concurrency: 4,
          reserved: { ram: 10 },
          measured: { ram: 8 },
          expected: { ram: 9 },
          lastUsedMs: 0,
          loadMs: 250,
          pinned: false,
          keepAliveMs: 300_000,
          expiresMs: null,
          shrunk: false,
        },
      ],
      memory: {
        devices: [
          { id: 'ram', name: 'RAM', budgetBytes: 100, reservedBytes: 10, measuredBytes: 8, keptBytes: 0 },
          { id: 'gpu:0', name: 'Fake GPU', budgetBytes: 50, reservedBytes: 0, measuredBytes: 0, keptBytes: 5 },
        ],
      },
    }),
    async load(id) {
      calls.push('load');
      refuseOther(id);
    },
    async unload(id) {
      calls.push('unload');
      refuseOther(id);
    },
    setPinned(id, pinned) {
      calls.push(`setPinned ${pinned}`);
      refuseOther(id);
    },
    setKeepAlive(id, keepAliveMs) {
      calls.push(`setKeepAlive ${keepAliveMs}`);
      refuseOther(id);
    },
    feed: { async *follow() {}, loadsOf: () => [{ atMs: 0, result: 'loaded', ms: 250, reason: null }] },
    metrics: noMetrics,
    adminFrom: 'loopback',
    origins: [],
    async createAudioEncoder(format) {
      calls.push('createAudioEncoder');
      if (format === 'aac')
        throw new GatewayError('unsupported_value', 'aac is not built', { param: 'response_format' });
      return {
        contentType: `audio/${format}`,
        push: (samples) => Buffer.from(samples.map((sample) => sample * 100).map(Math.round)),
        finish: () => Buffer.from('end'),
      };
    },
    async fetchMedia() {
      calls.push('fetchMedia');
      return tinyPng(4, 4);
    },
    responses: null,
    limits: { bodyBytes: 1024 * 1024, imagePixels: 1_000_000, imagesPerRequest: 3 },
    log: silentLog,
    clock: systemClock,
    version: '0.0.0-test',
    ...overrides,
  };
}

function fakeVoice(): VoiceModels {
  let rest: readonly number[] = [];
  return {
    change: () => undefined,
    warm: () => undefined,
    async score(samples) {
      const stream = [...rest, ...samples];
      const frames = Math.floor(stream.length / 512);
      rest = stream.slice(frames * 512);
      const frame = (at: number): number[] => stream.slice(at * 512, (at + 1) * 512);
      return Float32Array.from({ length: frames }, (_, at) => (frame(at).some((one) => Math.abs(one) > 0.1) ? 1 : 0));
    },
    [Symbol.dispose]: () => undefined,
  };
}

function refuseOther(id: string): void {
  if (id !== 'small-llm') throw new GatewayError('model_not_found', `there is no model ${id}`);
}

/** The header of a PNG of that size; enough for whoever does not decode it. */
export function tinyPng(width: number, height: number): Buffer {
  const bytes = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000000080200000000000000', 'hex');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

/** A promise that the test settles. */
export function deferred(): { readonly promise: Promise<void>; resolve(): void; reject(error: Error): void } {
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  return { promise, resolve: () => settle?.resolve(), reject: (error) => settle?.reject(error) };
}

/** A clock whose timers fire when the test says so. */
export function manualClock(): Clock & { pass(ms: number): void } {
  let nowMs = 0;
  const timers = new Set<{ at: number; action: () => void }>();
  return {
    now: () => nowMs,
    after(ms, action) {
      const timer = { at: nowMs + ms, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass(ms) {
      nowMs += ms;
      for (const timer of timers) if (timer.at <= nowMs && timers.delete(timer)) timer.action();
    },
  };
}
