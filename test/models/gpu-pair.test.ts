import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { runs, standIn, type StandIn } from '../integration/launched-engines.ts';
import { type StartedServer, startServer } from '../started-server.ts';
import { testHome } from './real-server.ts';

const HUB = 'autoglm-phone-9b';
const SPECIALISTS = ['ppocr-v5-mobile', 'whisper-base', 'kokoro-82m-v1.0-int8', 'piper-en-us-joe-medium'];
const STAND_IN_FOLDER = fileURLToPath(new URL('../stand-in', import.meta.url));
const weights = testHome();
const ready = weights !== null && SPECIALISTS.every((id) => existsSync(join(weights, 'models', id)));

if (!ready) console.warn('gpu-pair: skipped, the specialists’ weights are not on this machine');

/** The state folder of a machine with two graphics cards: real specialists, and a central model that is a stand-in's. */
function stateFolder(home: string, world: StandIn): void {
  mkdirSync(join(home, 'weights', 'pins'), { recursive: true });
  mkdirSync(join(home, 'models', HUB), { recursive: true });
  for (const id of SPECIALISTS) symlinkSync(join(weights ?? '', 'models', id), join(home, 'models', id));
  for (const stored of readdirSync(join(weights ?? '', 'weights', 'sha256'), { recursive: true, encoding: 'utf8' })) {
    if (!stored.includes('/')) mkdirSync(join(home, 'weights', 'sha256', stored), { recursive: true });
    else symlinkSync(join(weights ?? '', 'weights', 'sha256', stored), join(home, 'weights', 'sha256', stored));
  }
  const text = '{}';
  const sha256 = createHash('sha256').update(text).digest('hex');
  const config = join(home, 'models', HUB, 'config.json');
  writeFileSync(config, text);
  const stored = join(home, 'weights', 'sha256', sha256.slice(0, 2));
  mkdirSync(stored, { recursive: true });
  linkSync(config, join(stored, sha256));
  const sources = [{ kind: 'huggingface', repo: 'zai-org/AutoGLM-Phone-9B', revision: 'main', path: 'config.json' }];
  writeFileSync(
    join(home, 'weights', 'pins', `${HUB}.json`),
    JSON.stringify({ files: [{ name: 'config.json', bytes: text.length, sha256, sources }] }),
  );
  const { command, env } = world.settings({ orphans: true });
  writeFileSync(join(home, 'config.yaml'), stringify({ models: { [HUB]: { settings: { command, env } } } }));
}

describe.skipIf(!ready)('a machine with two graphics cards of 24 GB', () => {
  let home: string;
  let world: StandIn;
  let server: StartedServer;

  beforeAll(async () => {
    world = standIn();
    home = mkdtempSync(join(tmpdir(), 'concert-test-'));
    stateFolder(home, world);
    server = await startServer({
      flags: ['--profile', 'gpu-pair'],
      env: { CONCERT_HOME: home, PATH: [STAND_IN_FOLDER, process.env['PATH'] ?? ''].join(delimiter) },
    });
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(home, { recursive: true, force: true });
    world.dispose();
  });

  async function say(content: string): Promise<{ readonly status: number; readonly text: string | undefined }> {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: HUB, messages: [{ role: 'user', content }] }),
    });
    const body = (await response.json()) as { choices?: { message: { content: string } }[] };
    return { status: response.status, text: body.choices?.[0]?.message.content };
  }

  async function stateOfHub(): Promise<string | undefined> {
    const response = await fetch(`${server.url}/health`);
    const { models } = (await response.json()) as { models: { id: string; state: string }[] };
    return models.find(({ id }) => id === HUB)?.state;
  }

  function logged(): string[] {
    return server.lines.flatMap((line) => (line.startsWith('{') ? [(JSON.parse(line) as { msg: string }).msg] : []));
  }

  test('runs the central model by vLLM over both, and the log says so in the articles’ words', async () => {
    expect(logged().filter((line) => /source failed|not pulled/.test(line))).toEqual([]);
    expect(await say('hello from the hub')).toEqual({ status: 200, text: 'hello from the hub' });
    expect(logged()).toEqual(
      expect.arrayContaining([
        'Starting AutoGLM-Phone-9B server...',
        'Using tensor parallelism with 2 GPUs',
        `Loaded model weights from ${join(home, 'models', HUB)}`,
        `Model '${HUB}' loaded successfully with 2 GPUs.`,
        'Ready to serve requests...',
      ]),
    );
    const given = world.report('arguments')[0]?.arguments?.join(' ') ?? '';
    expect(given).toMatch(
      /--tensor-parallel-size 2 .*--enable-chunked-prefill --max-num-seqs 256 --max-model-len 25480/,
    );
    expect(given).toMatch(/--gpu-memory-utilization 0\.8\d+ /);
  });

  test('recovers from a killed worker with the next request and leaves no orphan (vLLM#55510)', async () => {
    const pids = world.pids();
    expect(pids.filter(runs)).toHaveLength(4);
    process.kill(pids.at(-1) ?? 0, 'SIGKILL');
    await vi.waitFor(async () => expect(await stateOfHub()).toBe('unloaded'), { timeout: 20_000, interval: 50 });
    expect(pids.filter(runs)).toEqual([]);
    expect(await say('back again')).toEqual({ status: 200, text: 'back again' });
    expect(world.pids().filter(runs)).toHaveLength(4);
  });

  test('leaves nothing of it when the server stops', async () => {
    const pids = world.pids();
    await server.stop();
    expect(pids.filter(runs)).toEqual([]);
  });
});
