import { execFile } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { runLoad, runUnload, runCancel } from '../../packages/server/src/cli/load.ts';
import { runPs } from '../../packages/server/src/cli/ps.ts';
import { RunningServer, type RunningServerDeps } from '../../packages/server/src/cli/running-server.ts';
import { type Keys, runTop, type Screen } from '../../packages/server/src/cli/top.ts';
import type { ModelManager } from '../../packages/server/src/models/model-manager.ts';
import { fakeManager, fakeModel, noSignal, stateOf } from './fake-models.ts';
import { type OperatedServer, serveModels } from './operated-server.ts';

const CLI = fileURLToPath(new URL('../../packages/server/dist/cli/cli.js', import.meta.url));
/** Starting a process takes long on a busy machine. */
const PATIENCE = { timeout: 30_000, interval: 50 };
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

interface Commanded {
  readonly models: ModelManager;
  readonly server: OperatedServer;
  readonly deps: RunningServerDeps;
  /** What was printed so far. */
  readonly printed: string[];
}

async function command(): Promise<Commanded> {
  const models = fakeManager([fakeModel('small', {}, 600_000), fakeModel('large', {}, null)]);
  const server = await serveModels(models);
  open.push({ close: () => models.close(0) }, server);
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  return { models, server, printed, deps: { server: new RunningServer(server.url), signal: noSignal, print } };
}

/** Runs the built program; gives its exit code and what it said. */
async function concert(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, CONCERT_HOME: '/nonexistent' };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, ...args], { env, cwd: tmpdir() });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

function endlessChat(server: OperatedServer): Promise<Response> {
  return fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'endless' },
    body: JSON.stringify({ model: 'small', messages: [{ role: 'user', content: '{"tokens":1000000,"delayMs":20}' }] }),
  });
}

test('load, ps and unload act on the running server', async () => {
  const { models, deps, printed } = await command();
  expect(await runLoad('small', deps)).toBe(0);
  expect(printed.at(-1)).toMatch(/^small is ready: [\d.]+ MB, loaded in [\d.]+ s$/);
  await runPs(deps);
  const [heading, small, large] = (printed.at(-1) ?? '').split('\n');
  expect(heading).toMatch(/^model +state +users\/waiting +memory +device +unloads +load time$/);
  expect(small).toMatch(/^small +ready +0\/0 +[\d.]+ MB +ram +in 10 min +[\d.]+ s$/);
  expect(large).toMatch(/^large +unloaded +0\/0 +– +– +never +–$/);
  await runUnload('small', deps);
  expect(printed.at(-1)).toBe('small is unloaded');
  expect(stateOf(models, 'small')).toBe('unloaded');
});

test('a model that there is not is told in a sentence', async () => {
  const { deps } = await command();
  await expect(runLoad('none', deps)).rejects.toThrow(/no model none/);
});

test('top without a terminal prints once what runs, and cancel ends it', async () => {
  const { server, deps, printed } = await command();
  const answer = endlessChat(server);
  await vi.waitFor(async () => {
    await runTop({ ...deps, screen: { write: () => true }, keys: quietKeys(), refreshMs: 10 });
    expect(printed.at(-1)).toMatch(/1 request \(0 waiting\)/);
  }, PATIENCE);
  expect(printed.at(-1)).toMatch(/endless +\/v1\/chat\/completions +small +chat/);
  expect(await runCancel('endless', deps)).toBe(0);
  expect((await answer).status).toBe(499);
});

test('top on a terminal draws again and again until q, and gives the terminal back', async () => {
  const { deps, server } = await command();
  void endlessChat(server);
  const written: string[] = [];
  const keys = quietKeys();
  const screen: Screen = { isTTY: true, rows: 20, columns: 100, write: (text) => written.push(text) };
  const running = runTop({ ...deps, screen, keys, refreshMs: 20 });
  await vi.waitFor(() => expect(written.join('')).toMatch(/tokens\/s/), PATIENCE);
  keys.emit('data', Buffer.from('q'));
  expect(await running).toBe(0);
  expect(written[0]).toBe('\x1b[?1049h\x1b[?25l');
  expect(written.at(-1)).toBe('\x1b[?25h\x1b[?1049l');
  expect(keys.raw).toEqual([true, false]);
  const widest = Math.max(
    ...written.slice(1, -1).map((view) => Math.max(...view.split(/\r\n/).map((line) => line.length))),
  );
  expect(widest).toBeLessThan(120);
});

test('the program shows a running server’s models, and says plainly when none runs', async () => {
  const { server } = await command();
  const shown = await concert('ps', '--url', server.url);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toMatch(/^small +unloaded/m);
  const once = await concert('top', '--url', server.url);
  expect(once.out).toContain('no requests under way');
  const port = new URL(server.url).port;
  await server.close();
  for (const args of [['ps'], ['load', 'small'], ['unload', 'small'], ['top'], ['cancel', 'x']]) {
    const none = await concert(...args, '--port', port);
    expect(none.code).toBe(1);
    expect(none.err).toBe(
      `concert: no server answers at http://127.0.0.1:${port}; start one with: npx concert serve (or say where it is: --url http://127.0.0.1:8000)\n`,
    );
  }
});

test('what is not Concert is not taken for it', async () => {
  const { deps } = await command();
  const other = { ...deps, server: new RunningServer(`${deps.server.url}/v1/models?`) };
  await expect(runPs(other)).rejects.toThrow('is not this version of Concert');
});

function quietKeys(): Keys & EventEmitter & { readonly raw: boolean[] } {
  const raw: boolean[] = [];
  return Object.assign(new EventEmitter(), {
    raw,
    isTTY: true,
    setRawMode: (on: boolean) => raw.push(on),
    pause: () => undefined,
  });
}
