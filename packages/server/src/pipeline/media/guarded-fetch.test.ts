import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts';

const seen: string[] = [];
let server: http.Server;
let port: number;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    seen.push(`${request.headers.host} ${request.url}`);
    const [, what, rest = ''] = (request.url ?? '').split('/');
    if (what === 'ok') response.end('bytes');
    else if (what === 'big') response.end('x'.repeat(1001));
    else if (what === 'endless') response.on('error', () => undefined).write('x'.repeat(2000));
    else if (what === 'slow') response.write('x');
    else if (what === 'to') response.writeHead(302, { location: decodeURIComponent(rest) }).end();
    else response.writeHead(404).end('secret');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Host names as a stranger's name server gives them; the test's own server counts as public when `allow` says so. */
function guarded(hosts: Record<string, readonly string[]>, more: Partial<GuardedFetchOptions> = {}) {
  const asked: string[] = [];
  const fetchMedia = createGuardedFetch({
    maxBytes: 1000,
    timeoutMs: 5_000,
    resolveHost: async (hostname) => {
      asked.push(hostname);
      const address =
        hosts[hostname]?.[asked.filter((name) => name === hostname).length - 1] ?? hosts[hostname]?.at(-1);
      return address === undefined ? [] : address.split(' ').map((each) => ({ address: each, family: 4 }));
    },
    ...more,
  });
  return { fetchMedia, asked };
}

const own = { allowAddress: (address: string) => address === '127.0.0.1' };
const signal = new AbortController().signal;
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;

test('a file behind a public name is fetched, with the name resolved once', async () => {
  const { fetchMedia, asked } = guarded({ 'pictures.test': ['127.0.0.1'] }, own);
  expect(Buffer.from(await fetchMedia(`http://pictures.test:${port}/ok`, signal)).toString()).toBe('bytes');
  expect(asked).toEqual(['pictures.test']);
});

test('a name that leads into a private network is refused before a byte is sent', async () => {
  const before = seen.length;
  const { fetchMedia } = guarded({ 'inside.test': ['127.0.0.1'], 'half.test': ['93.184.216.34 127.0.0.1'] });
  await expect(fetchMedia(`http://inside.test:${port}/ok`, signal)).rejects.toThrow(code('media_url_refused'));
  await expect(fetchMedia(`http://half.test:${port}/ok`, signal)).rejects.toThrow(code('media_url_refused'));
  expect(seen.length).toBe(before);
});

test('a name that changes its answer to a private address gains nothing', async () => {
  const before = seen.length;
  // Public when looked at first, private when the redirect leads to it again.
  const hosts = { 'rebind.test': ['127.0.0.1', '10.0.0.1'] };
  const { fetchMedia, asked } = guarded(hosts, own);
  const again = encodeURIComponent(`http://rebind.test:${port}/ok`);
  await expect(fetchMedia(`http://rebind.test:${port}/to/${again}`, signal)).rejects.toThrow(code('media_url_refused'));
  expect(asked).toHaveLength(2);
  expect(seen.slice(before)).toEqual([`rebind.test:${port} /to/${again}`]);
});

test('redirects are followed, each checked anew, and not for ever', async () => {
  const { fetchMedia } = guarded({ 'a.test': ['127.0.0.1'], 'b.test': ['127.0.0.1'] }, own);
  const to = (url: string): string => `http://a.test:${port}/to/${encodeURIComponent(url)}`;
  expect(Buffer.from(await fetchMedia(to(`http://b.test:${port}/ok`), signal)).toString()).toBe('bytes');
  await expect(fetchMedia(to('http://169.254.169.254/latest/meta-data'), signal)).rejects.toThrow(
    code('media_url_refused'),
  );
  await expect(fetchMedia(to('file:///etc/passwd'), signal)).rejects.toThrow(code('media_url_refused'));
  const loop = `http://a.test:${port}/to/${encodeURIComponent('/to/')}`;
  await expect(fetchMedia(to(to(to(to(loop)))), signal)).rejects.toThrow(code('media_fetch_failed'));
});

test.each([
  'http://127.0.0.1/',
  'http://[::1]/',
  'http://0x7f.1/',
  'http://2130706433/',
  'http://[::ffff:10.0.0.1]/',
  'http://169.254.169.254/',
  'http://user:pass@example.org/',
  'ftp://example.org/',
  'gopher://example.org/',
  'nonsense',
])('%s is refused without asking anybody', async (url) => {
  const { fetchMedia, asked } = guarded({});
  await expect(fetchMedia(url, signal)).rejects.toThrow(code('media_url_refused'));
  expect(asked).toEqual([]);
});

test('size is capped with and without a declared length', async () => {
  const { fetchMedia } = guarded({ 'a.test': ['127.0.0.1'] }, own);
  await expect(fetchMedia(`http://a.test:${port}/big`, signal)).rejects.toThrow(code('too_large'));
  await expect(fetchMedia(`http://a.test:${port}/endless`, signal)).rejects.toThrow(code('too_large'));
});

test('an answer that never ends and one that is no file fail as such, without showing what came', async () => {
  const { fetchMedia } = guarded({ 'a.test': ['127.0.0.1'] }, { ...own, timeoutMs: 50 });
  await expect(fetchMedia(`http://a.test:${port}/slow`, signal)).rejects.toThrow(/longer than 0\.1 s/);
  const patient = guarded({ 'a.test': ['127.0.0.1'] }, own);
  const failure = await patient.fetchMedia(`http://a.test:${port}/none`, signal).catch((error: Error) => error.message);
  expect(failure).toBe('the address answered with status 404 instead of 200');
  await expect(patient.fetchMedia('http://nowhere.test/', signal)).rejects.toThrow(code('media_fetch_failed'));
});

test('whoever gives up stops the fetch', async () => {
  const { fetchMedia } = guarded({ 'a.test': ['127.0.0.1'] }, own);
  const caller = new AbortController();
  const fetched = fetchMedia(`http://a.test:${port}/slow`, caller.signal);
  caller.abort();
  await expect(fetched).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error);
});
