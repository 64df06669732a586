import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VadRequest } from '../../packages/server/src/engines/engine.ts';
import type { EngineProcess } from '../../packages/server/src/engines/engine-process.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { TurnDetector } from '../../packages/server/src/pipeline/turn-detection/turn-detector.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { readProcessBytes } from '../../packages/server/src/shared/process-memory.ts';
import { weightFile } from './weights.ts';

const model = weightFile('silero_vad.onnx');
const beckett = weightFile('beckett.wav');
const ready = model !== null && beckett !== null;
if (!ready) console.log('skipped: the voice detector on real weights (run npm test, which brings them)');

const noSignal = new AbortController().signal;

/** The samples of a wav file of 16-bit mono at 16 kHz. */
function samplesOf(path: string): Float32Array {
  const bytes = readFileSync(path);
  const data = bytes.indexOf('data') + 8;
  return Float32Array.from(
    { length: (bytes.length - data) >> 1 },
    (_, at) => bytes.readInt16LE(data + at * 2) / 32_768,
  );
}

describe.skipIf(!ready)('the voice detector in its own process', () => {
  let engine: EngineProcess<'vad'>;
  beforeAll(async () => {
    engine = await startWorker<'vad'>({
      engine: 'silero-vad',
      options: {
        modelId: 'silero-vad',
        files: { 'silero_vad.onnx': model ?? '' },
        settings: { model: 'silero_vad.onnx' },
        threads: 1,
        gpus: [],
        state: null,
      },
      log: silentLog,
      signal: noSignal,
    });
  });
  afterAll(() => engine.close());

  async function scores(samples: Float32Array, step: number): Promise<number[]> {
    const whole = samples.length - (samples.length % step);
    const found: number[] = [];
    let memory: Float32Array | null = null;
    for (let at = 0; at < whole; at += step) {
      const request: VadRequest = { samples: samples.slice(at, at + step), memory };
      for await (const event of engine.run(request, noSignal)) {
        found.push(...event.scores);
        memory = event.memory;
      }
    }
    return found;
  }

  test('somebody who reads aloud is heard, and silence and noise are not', async () => {
    const speech = await scores(samplesOf(beckett ?? ''), 512);
    expect(speech.filter((score) => score > 0.5).length / speech.length).toBeGreaterThan(0.4);
    const silence = await scores(new Float32Array(16_000), 512);
    expect(Math.max(...silence)).toBeLessThan(0.1);
    // Noise at -40 dB, always the same.
    let state = 1;
    const noise = Float32Array.from({ length: 32_000 }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return (state / 2_147_483_647 - 0.5) * 0.02;
    });
    expect((await scores(noise, 512)).filter((score) => score > 0.5)).toEqual([]);
  });

  test('one frame at a time gives the same scores as many', async () => {
    const samples = samplesOf(beckett ?? '').subarray(0, 32 * 512);
    const one = await scores(samples, 512);
    const many = await scores(samples, 8 * 512);
    expect(many).toEqual(one);
  });

  test('the pauses of a reader are told as the ends of turns', async () => {
    const detector = new TurnDetector({ threshold: 0.5, silenceMs: 320, pauseMs: 320 });
    const silence = new Float32Array(16_000);
    const events = detector.push(await scores(Float32Array.from([...samplesOf(beckett ?? ''), ...silence]), 512));
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.length).toBeGreaterThanOrEqual(2);
    expect(kinds.every((kind, at) => kind === (at % 2 === 0 ? 'started' : 'stopped'))).toBe(true);
    expect(kinds.at(-1)).toBe('stopped');
  });

  test('its process is small and its work light', async () => {
    const samples = samplesOf(beckett ?? '');
    const startedMs = performance.now();
    await scores(samples, 512);
    const part = (performance.now() - startedMs) / (samples.length / 16);
    const bytes = (await readProcessBytes(engine.pid)) ?? 0;
    console.log(`voice detector: ${(part * 100).toFixed(1)} % of real time, ${Math.round(bytes / 1e6)} MB`);
    expect(bytes).toBeLessThan(200e6);
  });
});
