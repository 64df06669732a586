import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import { fakeDeps } from './fake-deps.ts';

test('the page of the API loads nothing from elsewhere, and all that it loads is there', async () => {
  const app = createApp(fakeDeps());
  const page = await app.inject('/docs');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  const addresses = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
  expect(addresses.length).toBeGreaterThan(3);
  for (const address of addresses) {
    expect(address).toMatch(/^\/docs\//);
    expect((await app.inject(address)).statusCode, address).toBe(200);
  }
  expect((await app.inject('/docs/page.js')).body).toContain('/openapi.json');
});

test('nothing but the page’s own files is served below it', async () => {
  const app = createApp(fakeDeps());
  for (const address of ['/docs/files/../package.json', '/docs/files/%2e%2e/package.json', '/docs/files/nothing.js']) {
    const answer = await app.inject(address);
    expect([403, 404], address).toContain(answer.statusCode);
    expect(answer.json<{ error: { code: string } }>().error.code).toBe('not_found');
  }
});
