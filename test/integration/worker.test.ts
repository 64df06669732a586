import { afterEach, expect, test, vi } from 'vitest';
import type { ChatEvent } from '../../packages/server/src/engines/engine.ts';
import type { EngineProcess } from '../../packages/server/src/engines/engine-process.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { chatTelling, isAlive, noSignal, textOf } from './fake-models.ts';

const started: EngineProcess<'chat'>[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.close()));
});

async function start(
  settings: Record<string, unknown> = {},
  options: { signal?: AbortSignal; env?: Record<string, string>; engine?: string } = {},
): Promise<EngineProcess<'chat'>> {
  const worker = await startWorker<'chat'>({
    engine: options.engine ?? 'fake',
    options: { modelId: 'test', files: {}, settings, threads: 1, gpus: [], state: null },
    log: silentLog,
    signal: options.signal ?? noSignal,
    env: options.env ?? { CONCERT_TEST_FAKE_ENGINE: '1' },
  });
  started.push(worker);
  return worker;
}

test('several requests run at once in one process, and each gets its own events in order', async () => {
  const worker = await start();
  const texts = ['a b c', 'd e f', '你 好'];
  const answers = await Promise.all(texts.map((text) => textOf(worker.run(chatTelling(text), noSignal))));
  expect(answers).toEqual(texts);
});

test('an answer of ten thousand events reaches a reader that begins to read slowly', async () => {
  const worker = await start();
  let words = 0;
  for await (const event of worker.run(chatTelling({ tokens: 10_000 }), noSignal)) {
    if (words++ === 0) await new Promise((resolve) => setTimeout(resolve, 200));
    if (event.kind === 'finish') expect(event.completionTokens).toBe(10_000);
  }
  expect(words).toBe(10_002);
});

test('an engine outside of tests refuses to be the fake one', async () => {
  await expect(start({}, { env: { CONCERT_TEST_FAKE_ENGINE: '' } })).rejects.toThrow('for tests alone');
});

test('an engine name cannot point out of its folder', async () => {
  await expect(start({}, { engine: '../evil' })).rejects.toThrow('bad engine name');
});

test('an error of the engine keeps its code on the way', async () => {
  const worker = await start();
  const answer = textOf(worker.run(chatTelling({ tokens: 3, fail: 'context_length_exceeded' }), noSignal));
  await expect(answer).rejects.toMatchObject({ code: 'context_length_exceeded', status: 400 });
  await expect(textOf(worker.run(chatTelling('still here'), noSignal))).resolves.toBe('still here');
});

test('an error while loading keeps its code, and no process is left', async () => {
  await expect(start({ failLoad: 'weights_refused' })).rejects.toMatchObject({ code: 'weights_refused' });
});

test.each(['abort', 'exit', 'kill'])(
  'a process that ends by %s while loading is told as a crash',
  async (crashLoad) => {
    await expect(start({ crashLoad })).rejects.toMatchObject({ code: 'model_crashed' });
  },
);

test.each([
  ['abort', { signal: 'SIGABRT' }],
  ['exit', { code: 3 }],
  ['kill', { signal: 'SIGKILL' }],
])('a crash by %s gives what was written before it, then an error, and tells its cause', async (crash, exit) => {
  const worker = await start();
  const texts: string[] = [];
  const reading = (async () => {
    for await (const event of worker.run(chatTelling({ tokens: 9, afterTokens: 4, crash }), noSignal)) {
      if (event.kind === 'text-delta') texts.push(event.text);
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'model_crashed', status: 502 });
  expect(texts).toHaveLength(4);
  const ended = await worker.exited;
  expect(ended).toMatchObject({ expected: false, ...exit });
  expect(ended.lastWords.join('\n')).toContain(`the fake engine ends by ${crash}`);
  await expect(textOf(worker.run(chatTelling('late'), noSignal))).rejects.toMatchObject({ code: 'model_crashed' });
});

test('an abort during the load ends the process and throws the reason', async () => {
  const giveUp = new AbortController();
  const loading = start({ loadMs: 60_000 }, { signal: giveUp.signal });
  setTimeout(() => giveUp.abort(new Error('nobody waits')), 300);
  await expect(loading).rejects.toThrow('nobody waits');
});

test('an abort before the start starts nothing', async () => {
  await expect(start({}, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
});

test('an aborted request throws the reason at once, though the engine does not listen', async () => {
  const worker = await start();
  const leave = new AbortController();
  const reading = textOf(worker.run(chatTelling({ tokens: 100_000, delayMs: 50, ignoreCancel: true }), leave.signal));
  setTimeout(() => leave.abort(new Error('the client left')), 200);
  await expect(reading).rejects.toThrow('the client left');
  await vi.waitFor(
    async () => expect(await textOf(worker.run(chatTelling({ report: 'ended-early' }), noSignal))).toBe('1'),
    { timeout: 20_000, interval: 50 },
  );
});

test('a reader that stops early cancels the work in the process', async () => {
  const worker = await start();
  const seen: ChatEvent[] = [];
  for await (const event of worker.run(chatTelling({ tokens: 100_000, delayMs: 20 }), noSignal)) {
    seen.push(event);
    if (event.kind === 'text-delta') break;
  }
  expect(seen).toHaveLength(2);
  await vi.waitFor(
    async () => expect(await textOf(worker.run(chatTelling({ report: 'ended-early' }), noSignal))).toBe('1'),
    { timeout: 20_000, interval: 50 },
  );
});

test('a process that does not react to stop is killed after its grace', async () => {
  const worker = await start({ ignoreStopMs: 60_000 });
  await worker.close();
  expect(await worker.exited).toMatchObject({ signal: 'SIGKILL', expected: true });
  expect(isAlive(worker.pid)).toBe(false);
});

test('requests that run when the model is stopped are told so', async () => {
  const worker = await start();
  const reading = textOf(worker.run(chatTelling({ tokens: 100_000, delayMs: 50, ignoreCancel: true }), noSignal));
  const failed = expect(reading).rejects.toMatchObject({ code: 'model_crashed' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await worker.close();
  await failed;
  expect(await worker.exited).toMatchObject({ code: 0, expected: true });
});

test('closing twice is closing once', async () => {
  const worker = await start();
  await Promise.all([worker.close(), worker.close()]);
  expect(isAlive(worker.pid)).toBe(false);
});

test("a terminal's or service manager's signals to the whole group leave answers under way alone", async () => {
  const worker = await start();
  const reading = textOf(worker.run(chatTelling({ tokens: 10, delayMs: 50 }), noSignal));
  await new Promise((resolve) => setTimeout(resolve, 150));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(worker.pid, signal);
  await expect(reading).resolves.toContain('w9');
});

test('ten megabytes on stderr without a line end neither block the process nor are they kept', async () => {
  const worker = await start();
  const answer = await textOf(worker.run(chatTelling({ say: 'done', stderrBytes: 10_000_000 }), noSignal));
  expect(answer).toBe('done');
  await worker.close();
  const { lastWords } = await worker.exited;
  expect(lastWords.join('').length).toBeLessThan(1_000);
});

test('the end of a process is told though one that it left behind still holds its output', async () => {
  const worker = await start();
  const leftBehind = Number(await textOf(worker.run(chatTelling({ leaveBehindSeconds: 60 }), noSignal)));
  await worker.close();
  expect(isAlive(leftBehind)).toBe(true);
  process.kill(leftBehind, 'SIGKILL');
});
