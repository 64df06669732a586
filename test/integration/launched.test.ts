import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineProcess } from '../../packages/server/src/engines/engine-process.ts';
import { noSignal } from './fake-models.ts';
import { eventsOf, runs, standIn, type StandIn, STAND_IN, tell, textIn } from './launched-engines.ts';

let world: StandIn;
const running: EngineProcess<'chat'>[] = [];

beforeEach(() => {
  world = standIn();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((engine) => engine.close()));
  world.dispose();
});

async function start(...given: Parameters<StandIn['start']>): Promise<EngineProcess<'chat'>> {
  const engine = await world.start(...given);
  running.push(engine);
  return engine;
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 30_000, interval: 20 });
}

test('a launched engine tells how far its load has come, answers, and keeps its output in a file', async () => {
  const engine = await start();
  expect(world.progress.map(({ stage }) => stage)).toEqual(
    expect.arrayContaining(['loading weights', 'weights loaded', 'cache reserved', 'graphs captured']),
  );
  const fractions = world.progress.map(({ fraction }) => fraction ?? 0);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  const events = await eventsOf(engine, tell('good morning'));
  expect(textIn(events)).toBe('good morning');
  expect(events.slice(-2)).toEqual([
    { kind: 'prompt', promptTokens: 2, cachedTokens: 0 },
    { kind: 'finish', reason: 'stop', completionTokens: 2 },
  ]);
  expect(readFileSync(world.logFile, 'utf8')).toContain('Graph capturing finished');
});

test('its command line follows placement and reservation, and neither arguments nor environment give secrets away', async () => {
  process.env['CONCERT_TEST_SECRET'] = 'of the server';
  await start({}, { cardArgs: ['--mm-encoder-tp-mode', 'data'], args: ['--chat-template-content-format', 'string'] });
  delete process.env['CONCERT_TEST_SECRET'];
  const { arguments: given = [], environment = {} } = world.report('arguments')[0] ?? { event: 'none' };
  const socket = given[given.indexOf('--uds') + 1] ?? '';
  const expected = [
    `serve ${world.folder} --served-model-name test --uds ${socket} --tensor-parallel-size 2`,
    '--distributed-executor-backend mp --enable-chunked-prefill --max-num-seqs 16 --max-model-len 4096',
    '--gpu-memory-utilization 0.8 --enable-prompt-tokens-details --disable-uvicorn-access-log --enable-sleep-mode',
    '--mm-encoder-tp-mode data --chat-template-content-format string',
  ];
  expect(given).toEqual(expected.join(' ').split(' '));
  expect(environment).toMatchObject({ CUDA_VISIBLE_DEVICES: '0,1', HF_HUB_OFFLINE: '1' });
  expect(environment['VLLM_API_KEY']).toMatch(/^[\w-]{43}$/);
  expect(Object.keys(environment).filter((name) => name.startsWith('CONCERT_'))).toEqual(['CONCERT_GROUP']);
  expect(given.join(' ')).not.toContain(environment['VLLM_API_KEY']);
  expect(readFileSync(world.logFile, 'utf8')).not.toContain(environment['VLLM_API_KEY']);
  // Nobody else may enter the folder of the socket: some paths of vLLM ask for no key.
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
});

test('an engine can listen on a port of this machine instead, and then offers no unguarded paths', async () => {
  const engine = await start({}, { listen: 'port' });
  const { arguments: given = [], environment = {} } = world.report('arguments')[0] ?? { event: 'none' };
  expect(given).toContain('127.0.0.1');
  expect(given).not.toContain('--enable-sleep-mode');
  expect(environment['VLLM_SERVER_DEV_MODE']).toBe('0');
  expect(engine.sleep).toBeUndefined();
  expect(textIn(await eventsOf(engine, tell('hello')))).toBe('hello');
});

test('a port that another program took meanwhile costs a second start, not the load', async () => {
  const engine = await start({ bindFailsUntil: join(world.folder, 'bound') }, { listen: 'port' });
  const ports = world.report('arguments').map(({ arguments: given = [] }) => given[given.indexOf('--port') + 1]);
  expect(new Set(ports).size).toBe(2);
  expect(textIn(await eventsOf(engine, tell('hello')))).toBe('hello');
});

test('pictures reach the engine as data in their place, never as an address, and prefixes are salted by the server', async () => {
  const engine = await start();
  const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
  await eventsOf(
    engine,
    tell([
      { kind: 'image', bytes, mediaType: 'image/png' },
      { kind: 'text', text: 'what is this?' },
    ]),
  );
  const body = world.report('request')[0]?.body;
  expect(body?.['messages']).toEqual([
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==' } },
        { type: 'text', text: 'what is this?' },
      ],
    },
  ]);
  expect(body?.['cache_salt']).toMatch(/^[\w-]{43}$/);
});

test('what an engine cached of a prompt is told', async () => {
  const engine = await start();
  await eventsOf(engine, tell('one two three four'));
  const events = await eventsOf(engine, tell('one two three five'));
  expect(events).toContainEqual({ kind: 'prompt', promptTokens: 4, cachedTokens: 3 });
});

test('reasoning that the engine splits off stays apart from the answer (vLLM#50624, LiteLLM#20246)', async () => {
  const engine = await start();
  const events = await eventsOf(engine, tell({ say: 'done', think: 'let me see' }));
  expect(events.slice(0, 2)).toEqual([
    { kind: 'reasoning-delta', text: 'let me see' },
    { kind: 'text-delta', text: 'done' },
  ]);
});

const WEATHER = {
  definitions: [{ name: 'get_weather', description: 'Weather', parameters: { type: 'object' }, strict: false }],
  choice: 'auto',
  parallel: true,
} as const;

test('functions reach an engine that was started with a parser for their calls, which are told as they are written', async () => {
  const engine = await start({}, { toolCallParser: 'hermes' });
  const { arguments: given = [] } = world.report('arguments')[0] ?? { event: 'none' };
  expect(given.join(' ')).toContain('--enable-auto-tool-choice --tool-call-parser hermes');
  const calls = [
    { name: 'get_weather', arguments: '{"city": "上海"}' },
    { name: 'get_weather', arguments: '{"city": "北京 🙂"}' },
  ];
  const events = await eventsOf(engine, tell({ say: 'Look:', calls }, { tools: WEATHER }));
  expect(textIn(events)).toBe('Look:');
  const written = ['', ''];
  for (const event of events) if (event.kind === 'tool-call-delta') written[event.index] += event.text;
  expect(written).toEqual(calls.map((call) => call.arguments));
  expect(events.filter((event) => event.kind === 'tool-call-delta').length).toBeGreaterThan(8);
  expect(events.at(-1)).toMatchObject({ kind: 'finish', reason: 'tool-calls' });
  expect(world.report('request')[0]?.body).toMatchObject({ tool_choice: 'auto', parallel_tool_calls: true });
});

test('an obliged call ends as a call, though the engine says that it just stopped', async () => {
  const engine = await start({}, { toolCallParser: 'hermes' });
  const told = { say: '', calls: [{ name: 'get_weather', arguments: '{}' }] };
  const events = await eventsOf(engine, tell(told, { tools: { ...WEATHER, choice: { name: 'get_weather' } } }));
  expect(events.at(-1)).toMatchObject({ reason: 'tool-calls' });
});

test('functions are refused by an engine without a parser for calls, and the sentence names the setting', async () => {
  const engine = await start();
  await expect(eventsOf(engine, tell('hello', { tools: WEATHER }))).rejects.toMatchObject({
    code: 'unsupported_value',
    message: expect.stringContaining('toolCallParser'),
  });
  expect(world.report('request')).toEqual([]);
});

test('log probabilities come with their text, in a chat and where a text is continued', async () => {
  const engine = await start();
  const chat = await eventsOf(engine, tell('one two', { logprobs: 2 }));
  const texts = chat.flatMap((event) => (event.kind === 'text-delta' ? [event] : []));
  expect(texts.map(({ logprobs = [] }) => logprobs.map(({ text }) => text).join(''))).toEqual(['one', ' two']);
  expect(texts[0]?.logprobs?.[0]).toMatchObject({ logprob: -0.25, top: [{ text: 'one' }, { text: '~1' }] });
  const continued = await eventsOf(engine, { ...tell(''), messages: [], prompt: 'one two', logprobs: 1 });
  expect(textIn(continued)).toBe('one two');
  expect(continued[0]).toMatchObject({ logprobs: [{ text: 'one', logprob: -0.25, top: [{ text: 'one' }] }] });
  expect(continued.at(-1)).toMatchObject({ kind: 'finish', reason: 'stop' });
});

test('an answer that has begun is continued', async () => {
  const engine = await start();
  await eventsOf(engine, tell('hello', { prefill: '<think>\n' }));
  expect(world.report('request')[0]?.body).toMatchObject({
    continue_final_message: true,
    messages: [
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: '<think>\n' },
    ],
  });
});

test('a caller who leaves stops the engine at once (llama-swap#43, LiteLLM#13774, #30244)', async () => {
  const engine = await start();
  const leave = new AbortController();
  const answer = engine.run(tell({ tokens: 100_000, delayMs: 20 }), leave.signal);
  const reading = (async () => {
    for await (const event of answer) if (event.kind === 'text-delta') leave.abort(new Error('the client left'));
  })();
  await expect(reading).rejects.toThrow('the client left');
  await until(() => world.report('aborted').length === 1);
  expect(world.report('aborted')[0]?.words).toBeLessThan(50);
});

test('a reader who stops reading stops the engine at once', async () => {
  const engine = await start();
  for await (const event of engine.run(tell({ tokens: 100_000, delayMs: 20 }), noSignal)) {
    if (event.kind === 'text-delta') break;
  }
  await until(() => world.report('aborted').length === 1);
});

test('a caller who leaves before the first word stops the engine too', async () => {
  const engine = await start();
  const leave = new AbortController();
  const answer = eventsOf(engine, tell({ hangAfter: 0, tokens: 5 }), leave.signal);
  await until(() => world.report('request').length === 1);
  leave.abort(new Error('the client left'));
  await expect(answer).rejects.toThrow('the client left');
  await until(() => world.report('aborted').length === 1);
});

test('a slow reader makes the engine wait instead of filling the memory', async () => {
  const engine = await start();
  const answer = engine.run(tell({ say: `${'x'.repeat(20_000)} `.repeat(2_000) }), noSignal);
  for await (const event of answer) if (event.kind === 'text-delta') break;
  await until(() => world.report('aborted').length === 1);
  const slow = engine.run(tell({ say: `${'x'.repeat(20_000)} `.repeat(2_000).trim() }), noSignal);
  await slow[Symbol.asyncIterator]().next();
  const before = process.memoryUsage().arrayBuffers;
  await sleep(500);
  // Of 40 MB hardly anything was taken.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
});

test('an error inside a stream that began well is an error, not an end (LiteLLM#32237, #37781)', async () => {
  const engine = await start();
  await expect(
    eventsOf(engine, tell({ tokens: 9, errorAfter: 3, message: 'CUDA error in /opt/x.cu' })),
  ).rejects.toMatchObject({
    code: 'model_crashed',
    message: expect.stringMatching(/CUDA error in …/),
  });
});

test('a stream that is cut is an error, not an end (LiteLLM#6957, #41127, Portkey#267)', async () => {
  const engine = await start();
  const texts: string[] = [];
  const reading = (async () => {
    for await (const event of engine.run(tell({ tokens: 9, cutAfter: 3 }), noSignal)) {
      if (event.kind === 'text-delta') texts.push(event.text);
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'model_crashed' });
  expect(texts.join('')).toBe('w0 w1 w2');
  // The engine itself is well: the next request is answered.
  expect(textIn(await eventsOf(engine, tell('hello')))).toBe('hello');
});

test('a stream without its last mark is an error, even after a reason to end', async () => {
  const engine = await start();
  await expect(eventsOf(engine, tell({ tokens: 3, forgetDone: true }))).rejects.toMatchObject({
    code: 'model_crashed',
  });
});

test('a conversation that is too long is told as such', async () => {
  const engine = await start();
  const message = "This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens.";
  await expect(eventsOf(engine, tell({ status: 400, message }))).rejects.toMatchObject({
    code: 'context_length_exceeded',
    status: 400,
  });
});

test('answers that were cut leave the engine’s other connections well', async () => {
  const engine = await start();
  for (let round = 0; round < 5; round++) {
    await expect(eventsOf(engine, tell({ tokens: 2, cutAfter: 1 }))).rejects.toMatchObject({ code: 'model_crashed' });
    expect(textIn(await eventsOf(engine, tell('hello')))).toBe('hello');
  }
});

test('a slow load is a load: nothing ends it but its caller (llama-swap#92, #289, #574)', async () => {
  const engine = await start({ loadMs: 6_000 }, { unresponsiveMs: 1_000 });
  expect(textIn(await eventsOf(engine, tell('hello')))).toBe('hello');
});

test('a load that nobody wants any more is ended with all its processes (llama-swap#727)', async () => {
  const giveUp = new AbortController();
  const loading = world.start({ loadMs: 60_000 }, {}, { signal: giveUp.signal });
  const settled = expect(loading).rejects.toThrow('nobody waits');
  await until(() => world.report('started').length === 1);
  giveUp.abort(new Error('nobody waits'));
  await settled;
  expect(world.pids().filter(runs)).toEqual([]);
});

test('a load that fails tells why in the engine’s own words, without paths', async () => {
  const failing = world.start({ failLoad: 'ValueError: Unsupported architecture in /srv/models/x/config.json' });
  await expect(failing).rejects.toMatchObject({
    code: 'model_failed',
    message: expect.stringContaining('ValueError: Unsupported architecture in …'),
  });
  expect(world.pids().filter(runs)).toEqual([]);
});

test.each(['free', 'cache', 'cuda'])(
  'a load that finds too little memory (%s) says so, so that a smaller one is tried',
  async (outOfMemory) => {
    await expect(world.start({ outOfMemory })).rejects.toMatchObject({ code: 'out_of_memory', status: 503 });
    expect(world.pids().filter(runs)).toEqual([]);
  },
);

test('a program that is not there, or too old, is refused with the command that mends it', async () => {
  await expect(world.start({}, { command: 'no-such-program' })).rejects.toMatchObject({
    code: 'model_failed',
    message: expect.stringContaining("pip install 'vllm>=0.12.0'"),
  });
  await expect(world.start({}, { command: [...STAND_IN, '--pretend-version', '0.11.2'] })).rejects.toMatchObject({
    code: 'model_failed',
    message: expect.stringMatching(/needs vLLM 0\.12\.0 or newer, and the installed one is 0\.11\.2/),
  });
});

test('arguments that would break a promise are refused by name before anything starts', async () => {
  for (const args of [['--allowed-local-media-path', '/'], ['--api_key=x'], ['--allowed-loc', '/'], ['--port=1']]) {
    await expect(world.start({}, { args })).rejects.toMatchObject({
      code: 'model_failed',
      message: expect.stringContaining((args[0] ?? '').split('=')[0] ?? ''),
    });
  }
  expect(world.report()).toEqual([]);
});

test('an engine that ignores being asked to end is killed with all its processes after the grace', async () => {
  const engine = await start({ ignoreTerm: true }, { stopGraceMs: 300 });
  const pids = world.pids();
  expect(pids).toHaveLength(4);
  await engine.close();
  expect(world.report('term').length).toBeGreaterThan(0);
  expect(pids.filter(runs)).toEqual([]);
  expect(await engine.exited).toMatchObject({ expected: true, signal: 'SIGKILL' });
});

test('workers that outlive a killed server are ended before it counts as gone (vLLM#55510, #34643, #43060)', async () => {
  const engine = await start({ orphans: true, ignoreTerm: true });
  const pids = world.pids();
  process.kill(engine.pid, 'SIGKILL');
  expect(await engine.exited).toMatchObject({ expected: false, signal: 'SIGKILL' });
  expect(pids.filter(runs)).toEqual([]);
});

test.each([true, false])(
  'a worker that is killed fails what runs, and all of it ends (noticed by the engine: %s)',
  async (noticeDeath) => {
    const engine = await start({ noticeDeath, orphans: true });
    const pids = world.pids();
    const answer = expect(eventsOf(engine, tell({ tokens: 5, hangAfter: 2 }))).rejects.toMatchObject({
      code: 'model_crashed',
      message: expect.stringContaining('the next request starts it again'),
    });
    await until(() => world.report('request').length === 1);
    process.kill(pids.at(-1) ?? 0, 'SIGKILL');
    await answer;
    expect(await engine.exited).toMatchObject({ expected: false });
    expect(pids.filter(runs)).toEqual([]);
    await expect(eventsOf(engine, tell('hello'))).rejects.toMatchObject({ code: 'model_crashed' });
  },
);

test('a foreign process that dies takes nobody along', async () => {
  const dying = await start();
  const other = await start();
  const answer = eventsOf(other, tell({ tokens: 30, delayMs: 50 }));
  process.kill(dying.pid, 'SIGKILL');
  await dying.exited;
  expect(textIn(await answer)).toContain('w29');
});

test('stopping a model ends its answers and all its processes', async () => {
  const engine = await start();
  const pids = world.pids();
  const answer = expect(eventsOf(engine, tell({ tokens: 100_000, delayMs: 20 }))).rejects.toMatchObject({
    code: 'model_crashed',
    message: expect.stringContaining('was stopped while it answered'),
  });
  await until(() => world.report('request').length === 1);
  await engine.close();
  await answer;
  expect(pids.filter(runs)).toEqual([]);
  expect(await engine.exited).toMatchObject({ expected: true });
});

test('an engine sleeps, gives its workers’ memory back, and wakes to answer', async () => {
  const engine = await start({ workerBytes: 150_000_000 });
  const [, , ...workers] = world.pids();
  const held = (): number => workers.reduce((sum, pid) => sum + residentBytes(pid), 0);
  const awake = held();
  await engine.sleep?.();
  expect(awake - held()).toBeGreaterThan(250_000_000);
  await engine.wake?.(noSignal);
  expect(held()).toBeGreaterThan(awake - 50_000_000);
  expect(textIn(await eventsOf(engine, tell('hello')))).toBe('hello');
});

test('an engine that gives no sign of life for long is ended; one that writes is left alone (LocalAI#5221)', async () => {
  const engine = await start({ silentAfter: 1 }, { unresponsiveMs: 1_000 });
  const answer = await eventsOf(engine, tell({ tokens: 60, delayMs: 50 }));
  expect(textIn(answer)).toContain('w59');
  expect(await engine.exited).toMatchObject({ expected: false });
}, 60_000);

function residentBytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
