import { Agent, createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { streamChat } from './stream-chat.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const said = (content: string): string => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

/** Asks a server that answers so. */
async function ask(answer: (response: ServerResponse) => void, signal?: AbortSignal, onEvents?: () => void) {
  server = createServer((request, response) => request.resume().on('end', () => answer(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return streamChat({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    model: 'any',
    messages: [{ role: 'user', content: 'Hello.' }],
    maxTokens: 8,
    agent: new Agent(),
    ...(signal === undefined ? {} : { signal }),
    ...(onEvents === undefined ? {} : { onEvents }),
  });
}

test('a stream that is cut off is the answer so far, without counts of tokens', async () => {
  const cutting = new AbortController();
  const record = await ask(
    (response) => response.write(said('so far')),
    cutting.signal,
    () => cutting.abort(),
  );
  expect(record).toMatchObject({ text: 'so far', cut: true, completionTokens: Number.NaN });
  expect(record.firstTextMs).toBeGreaterThan(0);
});

test('a whole stream is told with its tokens', async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 1 };
  const record = await ask((response) =>
    response.end(`${said('Hi')}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`),
  );
  expect(record).toMatchObject({ text: 'Hi', cut: false, promptTokens: 5, completionTokens: 1 });
});

test('a refusal is an error with what the server said', async () => {
  const refused = ask((response) => response.writeHead(429).end('{"error":{"message":"too many"}}'));
  await expect(refused).rejects.toThrow('answered 429: {"error":{"message":"too many"}}');
});
