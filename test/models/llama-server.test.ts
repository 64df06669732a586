import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EngineProcess, LoadProgress } from '../../packages/server/src/engines/engine-process.ts';
import { llamaServer } from '../../packages/server/src/engines/launched/llama-server.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { noSignal } from '../integration/fake-models.ts';
import { eventsOf, runs, tell, textIn } from '../integration/launched-engines.ts';
import { weightFile } from './weights.ts';

const PROGRAM = process.env['CONCERT_TEST_LLAMA_SERVER'] ?? '';
const SMOL = weightFile('SmolLM2-135M-Instruct.Q4_1.gguf');

if (PROGRAM === '') console.warn('llama-server: skipped, CONCERT_TEST_LLAMA_SERVER names no program');
if (SMOL === null) console.warn('llama-server: skipped, the weights of SmolLM2 are not on this machine');

describe.skipIf(PROGRAM === '' || SMOL === null)('a real llama-server', () => {
  let folder: string;
  let engine: EngineProcess<'chat'>;
  const progress: LoadProgress[] = [];
  const started: EngineProcess<'chat'>[] = [];

  async function start(
    settings: Record<string, unknown>,
    { weights = SMOL ?? '', log = 'smol.log' } = {},
  ): Promise<EngineProcess<'chat'>> {
    const one = (await llamaServer.start?.({
      engine: 'llama-server',
      options: {
        modelId: 'smol',
        files: { 'model.gguf': weights },
        settings: { command: PROGRAM, maxSequences: 2, maxSequenceTokens: 1024, ...settings },
        threads: 1,
        gpus: [],
        state: null,
      },
      devices: ['ram'],
      reserved: { ram: 1_000_000_000 },
      logFile: join(folder, log),
      log: silentLog,
      onProgress: (told) => progress.push(told),
      signal: noSignal,
    })) as EngineProcess<'chat'>;
    started.push(one);
    return one;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'concert-test-'));
    engine = await start({});
  });

  afterEach(async () => {
    await Promise.all(started.splice(1).map((one) => one.close()));
  });

  afterAll(async () => {
    await Promise.all(started.map((one) => one.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  test('loads with progress and keeps its output in a file', () => {
    expect(progress.map(({ stage }) => stage)).toContain('weights loaded');
    expect(readFileSync(join(folder, 'smol.log'), 'utf8')).toContain('model loaded');
  });

  test('answers in pieces and counts tokens, those it had cached too', async () => {
    const request = tell('Name three colours.', { maxTokens: 24 });
    const events = await eventsOf(engine, request);
    expect(events.filter((event) => event.kind === 'text-delta').length).toBeGreaterThan(5);
    expect(events.at(-1)).toMatchObject({ kind: 'finish' });
    const prompt = events.find((event) => event.kind === 'prompt');
    expect(prompt?.promptTokens).toBeGreaterThan(20);
    const again = await eventsOf(engine, request);
    expect(textIn(again)).toBe(textIn(events));
    expect(again.find((event) => event.kind === 'prompt')?.cachedTokens).toBeGreaterThan(20);
  });

  test('stops before a stop string and at the token limit', async () => {
    const stopped = await eventsOf(engine, tell('Count: one, two, three', { maxTokens: 60, stop: ['.', '\n'] }));
    expect(textIn(stopped)).not.toMatch(/[.\n]/);
    const limited = await eventsOf(engine, tell('Tell me a long story.', { maxTokens: 7 }));
    expect(limited.at(-1)).toEqual({ kind: 'finish', reason: 'length', completionTokens: 7 });
  });

  test('answers two requests at once', async () => {
    const ends: string[] = [];
    const say = async (name: string, maxTokens: number): Promise<void> => {
      await eventsOf(engine, tell(`Write about ${name}.`, { maxTokens }));
      ends.push(name);
    };
    await Promise.all([say('mountains', 200), say('rivers', 5)]);
    expect(ends).toEqual(['rivers', 'mountains']);
  });

  test('a caller who leaves frees the only slot for the next (llama-swap#43)', async () => {
    const single = await start({ maxSequences: 1 }, { log: 'single.log' });
    const leave = new AbortController();
    const left = (async () => {
      for await (const event of single.run(tell('Write a very long story.', { maxTokens: 900 }), leave.signal)) {
        if (event.kind === 'text-delta') leave.abort(new Error('the client left'));
      }
    })();
    await expect(left).rejects.toThrow('the client left');
    expect(textIn(await eventsOf(single, tell('Hello', { maxTokens: 3 })))).not.toBe('');
    // The first answer gave its slot back long before its 900 tokens were written.
    const released = /task 0 \| stop processing: n_tokens = (\d+)/.exec(
      readFileSync(join(folder, 'single.log'), 'utf8'),
    );
    expect(Number(released?.[1])).toBeLessThan(300);
  });

  test('a conversation longer than a slot is refused as such', async () => {
    await expect(eventsOf(engine, tell('word '.repeat(2_000)))).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: expect.stringContaining('1024'),
    });
  });

  test('a killed process is told as a crash, leaves nothing behind, and the next start works', async () => {
    const dying = await start({});
    const answer = expect(eventsOf(dying, tell('Write a very long story.', { maxTokens: 900 }))).rejects.toMatchObject({
      code: 'model_crashed',
      message: expect.stringContaining('SIGKILL'),
    });
    setTimeout(() => process.kill(dying.pid, 'SIGKILL'), 500);
    await answer;
    expect(await dying.exited).toMatchObject({ expected: false, signal: 'SIGKILL' });
    expect(runs(dying.pid)).toBe(false);
    const next = await start({ listen: 'socket' });
    expect(textIn(await eventsOf(next, tell('Hello', { maxTokens: 5 })))).not.toBe('');
  });

  test('a file that is no model is refused in the engine’s own words', async () => {
    const weights = join(folder, 'broken.gguf');
    writeFileSync(weights, 'no model');
    await expect(start({}, { weights, log: 'broken.log' })).rejects.toMatchObject({
      code: 'model_failed',
      message: expect.stringMatching(/llama-server ended with code 1 while it loaded the model smol: .*load/),
    });
  });
});
