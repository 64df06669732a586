import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ToolUse } from '../../packages/server/src/engines/engine.ts';
import type { EngineProcess, LoadProgress } from '../../packages/server/src/engines/engine-process.ts';
import { llamaServer } from '../../packages/server/src/engines/launched/llama-server.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { noSignal } from '../integration/fake-models.ts';
import { eventsOf, runs, tell, textIn } from '../integration/launched-engines.ts';
import { weightFile } from './weights.ts';

const PROGRAM = process.env['CONCERT_TEST_LLAMA_SERVER'] ?? '';
const SMOL = weightFile('SmolLM2-135M-Instruct.Q4_1.gguf');
const QWEN = weightFile('qwen2.5-coder-1.5b-instruct-q4_k_m.gguf');

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

  test('counts the tokens that a request has, and tells nothing of an answer', async () => {
    const request = tell('Name three colours.', { maxTokens: 4 });
    const answered = await eventsOf(engine, request);
    const counted = await eventsOf(engine, { ...request, maxTokens: null, countOnly: true });
    expect(counted.map(({ kind }) => kind)).toEqual(['prompt', 'finish']);
    const tokens = [answered, counted].map((events) => events.find((event) => event.kind === 'prompt')?.promptTokens);
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[1]).toBeGreaterThan(20);
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

  // It offers functions only where the model's own template knows them.
  test.skipIf(QWEN === null)(
    'a call is made, with an id of ours and arguments of its schema, in whatever form the model writes it',
    async () => {
      const knowing = await start({ maxSequences: 1 }, { weights: QWEN ?? '', log: 'qwen.log' });
      const parameters = {
        type: 'object',
        properties: { city: { type: 'string', maxLength: 12 }, days: { type: 'integer', minimum: 1, maximum: 9 } },
        required: ['city', 'days'],
        additionalProperties: false,
      };
      const tools: ToolUse = {
        definitions: [{ name: 'get_weather', description: 'Get the weather of a city', parameters, strict: true }],
        choice: 'auto',
        parallel: false,
      };
      const events = await eventsOf(
        knowing,
        tell('What is the weather in Rome for 3 days?', { tools, maxTokens: 200 }),
      );
      const calls = events.filter((event) => event.kind === 'tool-call');
      expect(calls).toEqual([
        { kind: 'tool-call', index: 0, id: expect.stringMatching(/^call_[A-Za-z0-9]{24}$/), name: 'get_weather' },
      ]);
      const written = events.map((event) => (event.kind === 'tool-call-delta' ? event.text : '')).join('');
      expect(JSON.parse(written)).toEqual({ city: expect.any(String), days: expect.any(Number) });
      expect(events.at(-1)).toMatchObject({ kind: 'finish', reason: 'tool-calls' });
    },
  );

  test('an answer is held to a JSON schema, and to a grammar', async () => {
    const schema = {
      type: 'object',
      properties: { colour: { enum: ['red', 'green'] }, count: { type: 'integer' } },
      required: ['colour', 'count'],
      additionalProperties: false,
    };
    const format = { kind: 'json-schema', schema } as const;
    const json = textIn(await eventsOf(engine, tell('Describe an apple as JSON.', { format, maxTokens: 100 })));
    expect(JSON.parse(json)).toEqual({ colour: expect.stringMatching(/^(red|green)$/), count: expect.any(Number) });
    const grammar = { kind: 'grammar', gbnf: 'root ::= ("yes" | "no") "!"' } as const;
    expect(textIn(await eventsOf(engine, tell('Is water wet?', { format: grammar })))).toMatch(/^(yes|no)!$/);
  });

  test('log probabilities come with their text', async () => {
    const events = await eventsOf(engine, tell('Name a colour.', { logprobs: 2, maxTokens: 4 }));
    const texts = events.flatMap((event) => (event.kind === 'text-delta' ? [event] : []));
    const tokens = texts.flatMap(({ logprobs = [] }) => logprobs);
    expect(tokens.length).toBeGreaterThanOrEqual(4);
    expect(tokens.every(({ logprob, top }) => logprob <= 0 && top.length === 2)).toBe(true);
    expect(Buffer.concat(tokens.slice(0, 4).map(({ bytes }) => bytes)).toString()).toBe(textIn(events));
  });

  test('a text is continued as it is, and an answer that has begun is gone on with', async () => {
    const text = textIn(
      await eventsOf(engine, { ...tell(''), messages: [], prompt: 'One, two, three, four,', maxTokens: 4 }),
    );
    expect(text).toMatch(/^ five/);
    const prefill = 'The three primary colours are red,';
    const gone = textIn(await eventsOf(engine, tell('Name the primary colours.', { prefill, maxTokens: 8 })));
    expect(gone).not.toContain('primary colours are');
    expect(gone).toMatch(/blue|yellow|green/i);
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
