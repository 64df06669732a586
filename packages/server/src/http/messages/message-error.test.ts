import type { MessageError } from '@concert/protocol';
import { expect, test } from 'vitest';
import type { AnswerEvent } from '../../pipeline/request.ts';
import { ERRORS, type ErrorCode, GatewayError } from '../../shared/errors.ts';
import { createApp } from '../app.ts';
import { fakeDeps } from '../fake-deps.ts';
import { messageError } from './message-error.ts';

const payload = { model: 'hub', max_tokens: 20, messages: [{ role: 'user', content: 'Hi' }] };

test.each([
  ['invalid_json', 'invalid_request_error'],
  ['admin_refused', 'permission_error'],
  ['model_not_found', 'not_found_error'],
  ['too_large', 'request_too_large'],
  ['empty_media', 'invalid_request_error'],
  ['queue_full', 'rate_limit_error'],
  ['internal_error', 'api_error'],
  ['model_crashed', 'api_error'],
  ['model_loading', 'overloaded_error'],
  ['deadline_exceeded', 'timeout_error'],
] as const)('%s is Anthropic’s %s', (code: ErrorCode, type) => {
  expect(messageError(new GatewayError(code, 'so it is', { param: 'a.b' }), 'req_1')).toEqual({
    type: 'error',
    error: { type, message: 'so it is', details: { error_code: code, param: 'a.b' } },
    request_id: 'req_1',
  });
});

test('every failure under /v1/messages has Anthropic’s form, and other addresses keep OpenAI’s', async () => {
  const app = createApp(
    fakeDeps({
      answer: () => {
        throw new GatewayError('model_loading', 'wait', { retryAfterSeconds: 3 });
      },
    }),
  );
  const at = (method: 'GET' | 'POST', url: string, body?: object | string) =>
    app.inject({
      method,
      url,
      ...(body !== undefined && { payload: body, headers: { 'content-type': 'application/json' } }),
    });
  const answers = [
    [await at('POST', '/v1/messages', payload), 503, 'overloaded_error'],
    [await at('POST', '/v1/messages', { ...payload, stream: true }), 503, 'overloaded_error'],
    [await at('POST', '/v1/messages/count_tokens', payload), 503, 'overloaded_error'],
    [await at('POST', '/v1/messages', '{'), 400, 'invalid_request_error'],
    [await at('POST', '/v1/messages', { ...payload, max_tokens: 0 }), 400, 'invalid_request_error'],
    [await at('GET', '/v1/messages'), 405, 'invalid_request_error'],
    [await at('GET', '/v1/messages/batches'), 404, 'not_found_error'],
  ] as const;
  for (const [answer, status, type] of answers) {
    expect(answer.statusCode).toBe(status);
    const body = answer.json<MessageError>();
    expect(body).toMatchObject({ type: 'error', error: { type }, request_id: answer.headers['request-id'] });
    expect(body.error).toHaveProperty('details.error_code');
    expect(body.request_id).toBe(answer.headers['x-request-id']);
  }
  expect(answers[0][0].headers['retry-after']).toBe('3');
  const { error } = (await at('POST', '/v1/chat/completions', '{')).json<{ error: object }>();
  expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
  expect((await at('GET', '/v1/messagess')).json()).not.toHaveProperty('type');
});

test('a stream that fails ends with an error event', async () => {
  const app = createApp(
    fakeDeps({
      async *answer(): AsyncGenerator<AnswerEvent> {
        yield { kind: 'text-delta', choice: 0, text: 'He' };
        throw new GatewayError('model_crashed', 'it fell over');
      },
    }),
  );
  const { body } = await app.inject({ method: 'POST', url: '/v1/messages', payload: { ...payload, stream: true } });
  const last = body.trimEnd().split('\n\n').at(-1) ?? '';
  expect(last).toMatch(/^event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":"it fell over"/);
});

test('every code of ours has a class of Anthropic’s that fits its status', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { error } = messageError(new GatewayError(code, 'x'), 'r');
    if (ERRORS[code].status >= 500) expect(error.type).toMatch(/^(api_error|overloaded_error|timeout_error)$/);
    else
      expect(error.type).toMatch(
        /^(invalid_request_error|permission_error|not_found_error|request_too_large|rate_limit_error)$/,
      );
  }
});
