import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RealServer, startRealServer, testHome } from './real-server.ts';
import { weightFile } from './weights.ts';

const cities = weightFile('two_cities.wav');
const home = testHome();
const ready = home !== null && cities !== null;
if (!ready) console.log('skipped: failures on real weights (run npm test, which brings them)');

interface Slot {
  readonly id: string;
  readonly task: string;
  readonly state: string;
  readonly users: number;
  readonly pid: number | null;
  readonly measured_bytes: number | null;
}

async function slots(server: RealServer): Promise<readonly Slot[]> {
  const answer = (await (await fetch(`${server.url}/admin/models`)).json()) as { data: readonly Slot[] };
  return answer.data;
}

async function waitForSlot(server: RealServer, task: string, wanted: (slot: Slot) => boolean): Promise<Slot> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const slot = (await slots(server)).find((candidate) => candidate.task === task && wanted(candidate));
    if (slot !== undefined) return slot;
    await sleep(50);
  }
  throw new Error(`no ${task} model came to that state: ${JSON.stringify(await slots(server))}`);
}

function postJson(server: RealServer, path: string, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

const longChat = (stream: boolean): object => ({
  model: 'autoglm-phone-9b',
  stream,
  temperature: 0,
  max_tokens: 600,
  messages: [{ role: 'user', content: 'Write a very long story about a lighthouse keeper.' }],
});
const picture = (): string =>
  readFileSync(new URL('../fixtures/images/receipt.png', import.meta.url)).toString('base64');

/** Starts `request`, kills the process of the model that serves it, and returns what the client saw. */
async function killDuring(server: RealServer, task: string, request: () => Promise<string>): Promise<string> {
  const seen = request().catch((error: unknown) => `connection error: ${String(error)}`);
  const slot = await waitForSlot(server, task, (candidate) => candidate.state === 'ready' && candidate.users > 0);
  process.kill(slot.pid ?? -1, 'SIGKILL');
  return seen;
}

describe.skipIf(!ready)('one model that dies takes nobody along', () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startRealServer();
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  const transcribe = async (): Promise<string> => {
    const form = new FormData();
    form.set('model', 'whisper-1');
    form.set('file', new Blob([readFileSync(cities ?? '')]), 'two_cities.wav');
    return (await fetch(`${server.url}/v1/audio/transcriptions`, { method: 'POST', body: form })).text();
  };
  const speech = async (): Promise<string> => {
    const input = 'This is a long sentence that takes its time to be spoken. '.repeat(30);
    const response = await postJson(server, '/v1/audio/speech', {
      model: 'tts-1',
      voice: 'alloy',
      input,
      response_format: 'pcm',
    });
    return Buffer.from(await response.arrayBuffer()).toString('latin1');
  };
  const read = async (): Promise<string> => (await postJson(server, '/v1/ocr', { image: picture() })).text();

  test('chat killed in mid-stream ends the stream with an error event, and the next request loads it again', async () => {
    const seen = await killDuring(server, 'chat', async () =>
      (await postJson(server, '/v1/chat/completions', longChat(true))).text(),
    );
    expect(seen).toContain('"code":"model_crashed"');
    expect(seen).not.toContain('[DONE]');
    const again = await postJson(server, '/v1/chat/completions', { ...longChat(false), max_tokens: 3 });
    expect(again.status).toBe(200);
  });

  test('speech recognition killed in the middle answers with a clear error, and works again', async () => {
    expect(await killDuring(server, 'asr', transcribe)).toContain('model_crashed');
    expect(JSON.parse(await transcribe())).toHaveProperty('text');
  });

  test('text recognition killed in the middle answers with a clear error, and works again', async () => {
    expect(await killDuring(server, 'ocr', read)).toContain('model_crashed');
    expect(await read()).toContain('43.95');
  });

  test('speech synthesis killed in the middle cuts the sound off, and works again', async () => {
    expect(await killDuring(server, 'tts', speech)).toMatch(/connection error|model_crashed/);
    const again = await postJson(server, '/v1/audio/speech', { model: 'tts-1', voice: 'alloy', input: 'Fine.' });
    expect(again.status).toBe(200);
  });

  test.each([true, false])('a client that leaves (streaming: %s) frees the engine', async (stream) => {
    const controller = new AbortController();
    const request = postJson(server, '/v1/chat/completions', longChat(stream), controller.signal)
      .then((response) => response.text())
      .catch(() => 'left');
    await waitForSlot(server, 'chat', (slot) => slot.state === 'ready' && slot.users > 0);
    await sleep(300);
    controller.abort();
    expect(await request).toBe('left');
    await waitForSlot(server, 'chat', (slot) => slot.state === 'ready' && slot.users === 0);
    await sleep(50);
    expect(server.lines.some((line) => line.includes('"status":499'))).toBe(true);
  });
});

describe.skipIf(!ready)('memory', () => {
  test('a model that is idle gives its memory back', async () => {
    const server = await startRealServer({ flags: ['--idle-unload', '2s'] });
    try {
      const before = await server.treeBytes();
      const answered = await postJson(server, '/v1/chat/completions', { ...longChat(false), max_tokens: 20 });
      expect(answered.status).toBe(200);
      const during = await server.treeBytes();
      await waitForSlot(server, 'chat', (slot) => slot.state === 'unloaded');
      const after = await server.treeBytes();
      console.log(`process tree: ${mib(before)} before, ${mib(during)} with the model, ${mib(after)} after`);
      expect(during - before).toBeGreaterThan(900 * 2 ** 20);
      expect(during - after).toBeGreaterThanOrEqual(0.9 * (during - before));
      expect((await postJson(server, '/v1/chat/completions', { ...longChat(false), max_tokens: 3 })).status).toBe(200);
    } finally {
      await server.stop();
    }
  });
});

describe.skipIf(!ready)('tampered weights', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'concert-tampered-'));
    linkTree(join(home ?? '', 'weights'), join(copy, 'weights'));
    linkTree(join(home ?? '', 'models'), join(copy, 'models'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test('one changed byte refuses that model with both digests, and the others go on', async () => {
    const file = join(copy, 'models', 'ppocr-v5-mobile', 'ppocrv5_rec.onnx');
    const published = statSync(file).ino;
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    for (const path of filesOf(copy).filter((candidate) => statSync(candidate).ino === published)) {
      rmSync(path);
      writeFileSync(path, bytes);
    }
    const server = await startRealServer({ env: { CONCERT_HOME: copy, CONCERT_WEIGHT_SOURCES: 'modelscope' } });
    try {
      const refused = await postJson(server, '/v1/ocr', { image: picture() });
      expect(refused.status).toBe(503);
      const { error } = (await refused.json()) as { error: { code: string; message: string } };
      expect(error.code).toBe('weights_refused');
      expect(error.message.match(/[0-9a-f]{64}/g)).toHaveLength(2);
      expect(error.message).not.toContain(copy);
      expect((await postJson(server, '/v1/chat/completions', { ...longChat(false), max_tokens: 3 })).status).toBe(200);
    } finally {
      await server.stop();
    }
  });
});

function mib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** A folder with the same files under it, as hard links: nothing is copied. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.name.endsWith('.json')) cpSync(source, target);
    else linkSync(source, target);
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
