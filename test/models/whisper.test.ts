import { readFileSync } from 'node:fs';
import { createMp3Encoder, createOggEncoder } from 'wasm-media-encoders';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pinyin } from 'pinyin-pro';
import { parse } from 'yaml';
import type { AsrEvent, AsrRequest } from '../../packages/server/src/engines/engine.ts';
import type { EngineProcess } from '../../packages/server/src/engines/engine-process.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { decodeAudio } from '../../packages/server/src/engines/whisper/decode-audio.ts';
import { CatalogueEntry } from '../../packages/server/src/models/catalogue/catalogue-schema.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { syllableErrorRate, wordErrorRate } from './error-rate.ts';
import { weightFile } from './weights.ts';

const entry = CatalogueEntry.parse(
  parse(readFileSync(new URL('../../packages/server/catalogue/whisper-base.yaml', import.meta.url), 'utf8')),
);
const files = Object.fromEntries((entry.loads ?? []).map((name) => [name, weightFile(name)]));
const beckett = weightFile('beckett.wav');
const cities = weightFile('two_cities.wav');
const ready = beckett !== null && cities !== null && Object.values(files).every((path) => path !== null);
if (!ready) console.log('skipped: Whisper base on real speech (run npm test, which brings the weights)');

const BECKETT = 'Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.';
const DICKENS =
  'It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it was the epoch of ' +
  'belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness, it was the spring of hope, it ' +
  'was the winter of despair, we had everything before us, we had nothing before us, we were all going direct to Heaven, we were all ' +
  'going direct the other way. In short, the period was so far like the present period, that some of its noisiest authorities insisted ' +
  'on its being received, for good or for evil, in the superlative degree of comparison only.';
const CHINESE = '今天天气很好，我们一起去公园散步吧。明天下午三点我们在图书馆门口见面。';
const SPOKEN = 'The quick brown fox jumps over the lazy dog. We will meet at the station tomorrow morning.';

type Segment = Extract<AsrEvent, { kind: 'segment' }>;
type Engine = EngineProcess<'asr'>;

function startWhisper(settings: Readonly<Record<string, unknown>> = {}): Promise<Engine> {
  return startWorker<'asr'>({
    engine: 'whisper',
    options: {
      modelId: entry.id,
      files: files as Record<string, string>,
      settings: { ...entry.settings, ...settings },
      threads: 1,
      gpus: [],
      state: null,
    },
    log: silentLog,
    signal: new AbortController().signal,
  });
}

interface Heard {
  readonly events: readonly AsrEvent[];
  readonly segments: readonly Segment[];
  readonly text: string;
  readonly language: string | null;
  readonly durationSeconds: number;
}

async function hear(engine: Engine, audio: Uint8Array, some: Partial<AsrRequest> = {}): Promise<Heard> {
  const events: AsrEvent[] = [];
  const request = { audio, language: null, mode: 'transcribe', ...some } as const;
  for await (const event of engine.run(request, new AbortController().signal)) events.push(event);
  const segments = events.filter((event) => event.kind === 'segment');
  const first = events[0];
  const last = events.at(-1);
  if (first?.kind !== 'audio' || last?.kind !== 'finish')
    throw new Error(`events came in the order ${events.map((event) => event.kind).join()}`);
  return {
    events,
    segments,
    text: segments
      .map((segment) => segment.text)
      .join('')
      .trim(),
    language: last.language,
    durationSeconds: first.durationSeconds,
  };
}

/** A 16-bit PCM wav of these channels. */
function wav(channels: readonly Float32Array[], sampleRate: number): Buffer {
  const frames = channels[0]?.length ?? 0;
  const bytes = frames * channels.length * 2;
  const buffer = Buffer.alloc(44 + bytes);
  buffer.write('RIFF', 0);
  buffer.writeUInt32LE(36 + bytes, 4);
  buffer.write('WAVEfmt ', 8);
  buffer.writeUInt32LE(16, 16);
  buffer.writeUInt16LE(1, 20);
  buffer.writeUInt16LE(channels.length, 22);
  buffer.writeUInt32LE(sampleRate, 24);
  buffer.writeUInt32LE(sampleRate * channels.length * 2, 28);
  buffer.writeUInt16LE(channels.length * 2, 32);
  buffer.writeUInt16LE(16, 34);
  buffer.write('data', 36);
  buffer.writeUInt32LE(bytes, 40);
  for (let frame = 0; frame < frames; frame++) {
    channels.forEach((channel, index) => {
      const sample = Math.max(-1, Math.min(1, channel[frame] ?? 0));
      buffer.writeInt16LE(Math.round(sample * 32_767), 44 + (frame * channels.length + index) * 2);
    });
  }
  return buffer;
}

async function samplesOf(path: string): Promise<Float32Array> {
  const { samples } = await decodeAudio(readFileSync(path), { maxSeconds: 600, signal: new AbortController().signal });
  return samples.read(0, samples.length);
}

describe.skipIf(!ready)('Whisper base', () => {
  let engine: Engine;
  let spoken: Float32Array;
  beforeAll(async () => {
    engine = await startWhisper();
    spoken = await samplesOf(beckett ?? '');
  });
  afterAll(() => engine.close());

  test('a short recording is understood', async () => {
    const heard = await hear(engine, readFileSync(beckett ?? ''));
    expect(wordErrorRate(BECKETT, heard.text)).toBeLessThanOrEqual(0.1);
    expect(heard.language).toBe('en');
    expect(heard.durationSeconds).toBeCloseTo(9.96, 1);
  });

  test('a recording longer than a window is understood, and its segments have their times in order', async () => {
    const heard = await hear(engine, readFileSync(cities ?? ''));
    expect(wordErrorRate(DICKENS, heard.text)).toBeLessThanOrEqual(0.05);
    let earliest = 0;
    for (const segment of heard.segments) {
      expect(segment.startSeconds).toBeGreaterThanOrEqual(earliest);
      expect(segment.endSeconds).toBeGreaterThan(segment.startSeconds);
      expect(segment.language).toBe('en');
      earliest = segment.endSeconds;
    }
    expect(earliest).toBeLessThanOrEqual(heard.durationSeconds);
    expect(heard.segments.length).toBeGreaterThan(5);
  });

  test('each word has its time: with silence put between two of them, the later ones come later by it', async () => {
    const wordsOf = ({ segments }: Heard) => segments.flatMap(({ words = [] }) => words);
    const plain = await hear(engine, wav([spoken], 16_000), { words: true });
    const words = wordsOf(plain);
    expect(words.map(({ text }) => text).join(' ')).toBe(plain.text.replaceAll(/[.,]/g, ''));
    let earliest = 0;
    for (const { startSeconds, endSeconds } of words) {
      expect(startSeconds).toBeGreaterThanOrEqual(earliest);
      expect(endSeconds).toBeGreaterThan(startSeconds);
      earliest = startSeconds;
    }
    const after = words.findIndex(({ text }) => text === 'No');
    const pause = words[after - 1]?.endSeconds ?? 0;
    // In the pause itself, so that no sound is cut.
    const cut = Math.round(((pause + (words[after]?.startSeconds ?? 0)) / 2) * 16_000);
    const gap = 3;
    const longer = new Float32Array(spoken.length + gap * 16_000);
    longer.set(spoken.subarray(0, cut));
    longer.set(spoken.subarray(cut), cut + gap * 16_000);
    const moved = wordsOf(await hear(engine, wav([longer], 16_000), { words: true }));
    const lower = (all: typeof words) => all.map(({ text }) => text.toLowerCase());
    expect(lower(moved)).toEqual(lower(words));
    const shifts = moved.map(({ startSeconds }, at) => startSeconds - (words[at]?.startSeconds ?? 0));
    console.log(`shifts of the words by a gap of ${gap} s: ${shifts.map((shift) => shift.toFixed(2)).join(' ')}`);
    const errors = shifts.map((shift, at) => Math.abs(shift - (at < after ? 0 : gap)));
    expect(Math.max(...errors)).toBeLessThan(0.5);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.15);
    // Unasked, nothing is told.
    expect(wordsOf(await hear(engine, wav([spoken], 16_000)))).toEqual([]);
  });

  test('speech without a pause loses little where it must be cut', async () => {
    // No pause of the passage lasts two seconds, so it is one stretch of 40 s, cut at its quietest places.
    const hasty = await startWhisper({ minPauseSeconds: 2, maxWindowSeconds: 12 });
    try {
      const heard = await hear(hasty, readFileSync(cities ?? ''));
      expect(wordErrorRate(DICKENS, heard.text)).toBeLessThanOrEqual(0.1);
    } finally {
      await hasty.close();
    }
  });

  test('Chinese is detected, and no character that takes two tokens is lost', async () => {
    const heard = await hear(engine, readFileSync(new URL('../fixtures/audio/spoken-zh.opus', import.meta.url)));
    expect(heard.language).toBe('zh');
    expect(heard.text).toMatch(/公[园園]/);
    const syllables = (text: string): string[] => pinyin(text, { toneType: 'none', type: 'array', nonZh: 'removed' });
    expect(syllableErrorRate(syllables(CHINESE), syllables(heard.text))).toBeLessThanOrEqual(0.1);
  });

  test('Chinese is translated to English words', async () => {
    const audio = readFileSync(new URL('../fixtures/audio/spoken-zh.opus', import.meta.url));
    const heard = await hear(engine, audio, { mode: 'translate' });
    expect(heard.language).toBe('zh');
    expect(heard.text).toMatch(/^[\x20-\x7e]*(?:park|tomorrow|library)/i);
  });

  test.each(['flac', 'm4a', 'webm', 'opus', 'aac'])('a %s file is understood', async (extension) => {
    const heard = await hear(engine, readFileSync(new URL(`../fixtures/audio/spoken.${extension}`, import.meta.url)));
    expect(wordErrorRate(SPOKEN, heard.text)).toBeLessThanOrEqual(0.1);
  });

  test.each([
    ['mp3', createMp3Encoder],
    ['ogg', createOggEncoder],
  ] as const)('an %s file is understood', async (_, create) => {
    const encoder = await create();
    encoder.configure({ sampleRate: 16_000, channels: 1 });
    const parts = [Buffer.from(encoder.encode([spoken])), Buffer.from(encoder.finalize())];
    const heard = await hear(engine, Buffer.concat(parts));
    expect(wordErrorRate(BECKETT, heard.text)).toBeLessThanOrEqual(0.1);
  });

  test('stereo at 44.1 kHz is understood', async () => {
    const left = Float32Array.from({ length: Math.floor((spoken.length * 44_100) / 16_000) }, (_, index) => {
      const at = (index * 16_000) / 44_100;
      const before = spoken[Math.floor(at)] ?? 0;
      return before + ((spoken[Math.floor(at) + 1] ?? 0) - before) * (at % 1);
    });
    const heard = await hear(engine, wav([left, left.map((sample) => sample * 0.3)], 44_100));
    expect(wordErrorRate(BECKETT, heard.text)).toBeLessThanOrEqual(0.1);
  });

  test('silence and noise have no segments and no language', async () => {
    const silence = await hear(engine, wav([new Float32Array(5 * 16_000)], 16_000));
    expect(silence.segments).toEqual([]);
    expect(silence.language).toBeNull();
    const noise = Float32Array.from(
      { length: 5 * 16_000 },
      (_, index) => (((index * 48_271) % 2_003) / 2_003 - 0.5) * 0.05,
    );
    expect((await hear(engine, wav([noise], 16_000))).segments).toEqual([]);
  });

  test('bad audio is refused with what is wrong with it, and the engine goes on', async () => {
    const codeOf = (audio: Uint8Array): Promise<unknown> =>
      hear(engine, audio).catch((error: { code?: string }) => error.code);
    expect(await codeOf(wav([new Float32Array(0)], 16_000))).toBe('empty_media');
    expect(await codeOf(Buffer.alloc(0))).toBe('empty_media');
    expect(await codeOf(Buffer.from('this is not audio'.repeat(100)))).toBe('invalid_media');
    expect((await hear(engine, readFileSync(beckett ?? ''))).segments.length).toBeGreaterThan(0);
  });

  test('a given language is used without loading the model again, and an unknown one is refused', async () => {
    const german = await hear(engine, readFileSync(beckett ?? ''), { language: 'de' });
    expect(german.language).toBe('de');
    expect((await hear(engine, readFileSync(beckett ?? ''))).language).toBe('en');
    await expect(hear(engine, readFileSync(beckett ?? ''), { language: 'tlh' })).rejects.toMatchObject({
      code: 'unsupported_value',
    });
  });

  test('requests at the same time are all answered', async () => {
    const audio = readFileSync(new URL('../fixtures/audio/spoken.opus', import.meta.url));
    const all = await Promise.all([
      hear(engine, audio),
      hear(engine, readFileSync(beckett ?? '')),
      hear(engine, audio),
    ]);
    expect(all.map((heard) => wordErrorRate(SPOKEN, heard.text) <= 0.1)).toEqual([true, false, true]);
  });

  test('a caller who leaves gets the reason, and the next request is answered', async () => {
    const leaving = new AbortController();
    const reason = new Error('left');
    const request = { audio: readFileSync(cities ?? ''), language: null, mode: 'transcribe' } as const;
    const read = async (): Promise<void> => {
      for await (const event of engine.run(request, leaving.signal))
        if (event.kind === 'segment') leaving.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
    expect((await hear(engine, readFileSync(beckett ?? ''))).language).toBe('en');
  });

  test('a process that is killed while it listens fails the request, and says so', async () => {
    const victim = await startWhisper();
    const request = { audio: readFileSync(cities ?? ''), language: null, mode: 'transcribe' } as const;
    const read = async (): Promise<void> => {
      for await (const event of victim.run(request, new AbortController().signal)) {
        if (event.kind === 'audio') process.kill(victim.pid, 'SIGKILL');
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'model_crashed' });
    expect(await victim.exited).toMatchObject({ signal: 'SIGKILL', expected: false });
  });
});
