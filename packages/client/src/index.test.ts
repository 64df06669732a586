import { expect, test } from 'vitest';
import { type ConcertError, createClient } from './index.ts';

function answering(status: number, body: object): { fetch: typeof fetch; seen: Request[] } {
  const seen: Request[] = [];
  return {
    seen,
    fetch: (input, init) => {
      seen.push(new Request(input, init));
      return Promise.resolve(Response.json(body, { status }));
    },
  };
}

test('asks the server with the key', async () => {
  const { fetch, seen } = answering(200, { object: 'list', data: [] });
  const client = createClient({ baseUrl: 'http://127.0.0.1:8000', apiKey: 'secret', fetch });
  expect(await client.models()).toEqual({ object: 'list', data: [] });
  expect(seen[0]?.url).toBe('http://127.0.0.1:8000/v1/models');
  expect(seen[0]?.headers.get('authorization')).toBe('Bearer secret');
});

test("an error carries the server's status, code and sentence", async () => {
  const { fetch } = answering(503, {
    error: { message: 'still starting', type: 'server_error', param: null, code: 'model_loading' },
  });
  const failed = createClient({ baseUrl: 'http://127.0.0.1:8000', fetch }).health();
  await expect(failed).rejects.toMatchObject({
    status: 503,
    code: 'model_loading',
    message: 'still starting',
  } satisfies Partial<ConcertError>);
});
