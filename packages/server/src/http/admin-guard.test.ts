import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import { fakeDeps } from './fake-deps.ts';

const GUARDED = [
  ['GET', '/admin/models'],
  ['GET', '/admin/models/small-llm'],
  ['POST', '/admin/models/small-llm/unload'],
  ['POST', '/admin/models/small-llm/load'],
  ['GET', '/admin/requests'],
  ['POST', '/admin/requests/any/cancel'],
  ['GET', '/admin/events'],
  ['GET', '/metrics'],
  ['GET', '/metrics/'],
  ['GET', '/%61dmin/models'],
] as const;
const UNLOAD = { method: 'POST', url: '/admin/models/small-llm/unload' } as const;

test('no operators’ address answers another machine, and the refusal says how to open it', async () => {
  const deps = fakeDeps();
  const app = createApp(deps);
  for (const remoteAddress of ['192.168.1.7', '10.0.0.1', '203.0.113.9', 'fe80::1', '::ffff:192.168.1.7']) {
    for (const [method, url] of GUARDED) {
      const answer = await app.inject({ method, url, remoteAddress });
      expect([url, answer.statusCode]).toEqual([url, 403]);
      expect(answer.json()).toMatchObject({
        error: { code: 'admin_refused', message: expect.stringContaining('server.admin_from') as string },
      });
    }
  }
  expect(deps.calls).toEqual([]);
  for (const url of ['/health', '/v1/models']) {
    expect((await app.inject({ url, remoteAddress: '192.168.1.7' })).statusCode).toBe(200);
  }
});

test('the machine’s own programs are served, over IPv4 and IPv6', async () => {
  const app = createApp(fakeDeps());
  for (const remoteAddress of ['127.0.0.1', '127.0.0.2', '::1', '::ffff:127.0.0.1']) {
    for (const host of ['localhost:8000', '127.0.0.1:8000', '[::1]:8000']) {
      const answer = await app.inject({ url: '/admin/models', remoteAddress, headers: { host } });
      expect(answer.statusCode).toBe(200);
    }
  }
});

test('what a proxy on this machine passes on does not count as this machine', async () => {
  const app = createApp(fakeDeps());
  for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host']) {
    const answer = await app.inject({ ...UNLOAD, headers: { [header]: '127.0.0.1' } });
    expect([header, answer.statusCode]).toEqual([header, 403]);
  }
});

test('a host name that somebody pointed at this machine is refused', async () => {
  const app = createApp(fakeDeps());
  for (const host of ['evil.example', 'localhost.evil.example:8000', '127.0.0.1.evil.example']) {
    expect((await app.inject({ url: '/admin/models', headers: { host } })).statusCode).toBe(403);
  }
});

test('opened to any, other machines are served', async () => {
  const app = createApp(fakeDeps({ adminFrom: 'any' }));
  const headers = { host: 'models.example', 'x-forwarded-for': '203.0.113.9' };
  const answer = await app.inject({ url: '/admin/models', remoteAddress: '192.168.1.7', headers });
  expect(answer.statusCode).toBe(200);
});

test('a page of another site cannot act, even where the addresses are open (lollms CVE-2026-33340)', async () => {
  for (const adminFrom of ['loopback', 'any'] as const) {
    const deps = fakeDeps({ adminFrom });
    const app = createApp(deps);
    const host = 'localhost:8000';
    for (const headers of [
      { host, origin: 'https://evil.example' },
      { host, origin: 'null' },
      { host, origin: 'http://localhost:9000' },
      { host, 'sec-fetch-site': 'cross-site' },
      { host, 'sec-fetch-site': 'same-site' },
    ]) {
      expect((await app.inject({ ...UNLOAD, headers })).statusCode).toBe(403);
    }
    expect(deps.calls).toEqual([]);
    const own = { host, origin: 'http://localhost:8000', 'sec-fetch-site': 'same-origin' };
    expect((await app.inject({ ...UNLOAD, headers: own })).statusCode).toBe(200);
  }
});
