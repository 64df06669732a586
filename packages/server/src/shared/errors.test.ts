import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS, GatewayError } from './errors.ts';

test('every error code stands in docs/errors.md with its status and type, and the reverse', () => {
  const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d{3}) \| `(\w+)` \|/gm)].map(([, code, status, type]) => [
    code,
    { status: Number(status), type },
  ]);
  expect(Object.fromEntries(rows)).toEqual(ERRORS);
  expect(rows).toHaveLength(Object.keys(ERRORS).length);
});

test('an error knows its status and keeps its cause', () => {
  const cause = new Error('below');
  const error = new GatewayError('queue_full', 'come back later', { cause, retryAfterSeconds: 3 });
  expect(error).toMatchObject({ status: 429, cause, retryAfterSeconds: 3, param: null });
});
