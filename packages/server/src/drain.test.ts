import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { drain } from './drain.ts';
import { createApp } from './http/app.ts';
import type { AppDeps } from './http/app-deps.ts';
import { deferred, FAKE_END, fakeDeps, manualClock } from './http/fake-deps.ts';
import type { AnswerEvent } from './pipeline/request.ts';
import { GatewayError } from './shared/errors.ts';

async function listen(overrides: Partial<AppDeps>): Promise<{ app: FastifyInstance; port: number }> {
  const app = createApp(fakeDeps(overrides));
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, port: (app.server.address() as AddressInfo).port };
}

function post(port: number): http.ClientRequest {
  return http.request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
  });
}

async function openStream(port: number): Promise<http.IncomingMessage> {
  const request = post(port);
  request.end(JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], stream: true }));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return response;
}

async function textOf(answer: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk as string;
  return text;
}

test('answers that have begun are finished before the models end', async () => {
  const go = deferred();
  const order: string[] = [];
  const { app, port } = await listen({
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield { kind: 'text-delta', choice: 0, text: 'He' };
      await go.promise;
      order.push('answered');
      yield* FAKE_END;
    },
  });
  const response = await openStream(port);
  const models = { close: async () => void order.push('models closed') };
  const drained = drain({ app, models, clock: manualClock(), graceMs: 30_000 });
  go.resolve();
  expect(await textOf(response)).toContain('[DONE]');
  await drained;
  expect(order).toEqual(['answered', 'models closed']);
});

test('an answer that outlasts the grace ends with the error of its model', async () => {
  const ended = deferred();
  const clock = manualClock();
  const { app, port } = await listen({
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield { kind: 'text-delta', choice: 0, text: 'He' };
      await ended.promise;
    },
  });
  const response = await openStream(port);
  const models = {
    close: async () => ended.reject(new GatewayError('model_crashed', 'it was stopped while it answered')),
  };
  const drained = drain({ app, models, clock, graceMs: 30_000 });
  clock.pass(30_000);
  const text = await textOf(response);
  expect(text).toContain('it was stopped while it answered');
  expect(text).not.toContain('[DONE]');
  await drained;
});

test('a client that never ends its upload does not keep the server from ending', async () => {
  const clock = manualClock();
  const { app, port } = await listen({});
  const arrived = once(app.server, 'request');
  const request = post(port);
  const broken = once(request, 'error');
  request.write('{"messages": [');
  await arrived;
  const modelsEnded = deferred();
  const models = { close: async () => void setImmediate(modelsEnded.resolve) };
  const drained = drain({ app, models, clock, graceMs: 30_000 });
  clock.pass(30_000);
  await modelsEnded.promise;
  clock.pass(1_000);
  await drained;
  await broken;
});
