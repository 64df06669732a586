import { createOpenAI } from '@ai-sdk/openai';
import { generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../packages/server/src/http/app.ts';
import { FAKE_END, type FakeDeps, fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import type { AnswerEvent } from '../../packages/server/src/pipeline/request.ts';
import { RESPONSE_TABLES, ResponseStore } from '../../packages/server/src/pipeline/response-store.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';
import { Database } from '../../packages/server/src/shared/database.ts';
import { GatewayError } from '../../packages/server/src/shared/errors.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';

let deps: FakeDeps;
let stop: () => Promise<void> = async () => undefined;
afterEach(() => stop());

/** The AI SDK's model of a server that gives these answers, one for each request. */
async function modelThatAnswers(...answers: readonly AnswerEvent[][]) {
  const folder = mkdtempSync(join(tmpdir(), 'concert-ai-sdk-'));
  const database = new Database({ path: join(folder, 'concert.db'), tables: [RESPONSE_TABLES], log: silentLog });
  const responses = new ResponseStore({ database, clock: systemClock, keepMs: 1_000_000, mostBytes: 1_000_000 });
  deps = fakeDeps({
    responses,
    async *answer(input) {
      deps.chats.push(input);
      for (const event of answers[deps.chats.length - 1] ?? []) {
        if (event.kind === 'step-started') throw new GatewayError('model_crashed', 'it fell over');
        yield event;
      }
    },
  });
  const app = createApp(deps);
  await app.listen({ host: '127.0.0.1', port: 0 });
  stop = async () => {
    await app.close();
    responses.close();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const { port } = app.server.address() as AddressInfo;
  return createOpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'EMPTY' }).responses('hub');
}

const said = (text: string): AnswerEvent[] => [{ kind: 'text-delta', choice: 0, text }, ...FAKE_END];

test('the AI SDK’s tool loop on Responses sends back items by reference, and the model sees the whole conversation', async () => {
  const model = await modelThatAnswers(
    [
      { kind: 'reasoning-delta', choice: 0, text: 'I must look.' },
      { kind: 'tool-call', choice: 0, index: 0, id: 'call_1', name: 'weather' },
      { kind: 'tool-call-delta', choice: 0, index: 0, text: '{"city":"Oslo"}' },
      { kind: 'choice-finished', choice: 0, reason: 'tool-calls' },
      ...FAKE_END.slice(1),
    ],
    said('It snows in Oslo.'),
  );
  const result = streamText({
    model,
    prompt: 'Weather in Oslo?',
    stopWhen: stepCountIs(3),
    tools: {
      weather: tool({ inputSchema: z.object({ city: z.string() }), execute: async ({ city }) => `snow in ${city}` }),
    },
  });
  expect(await result.text).toBe('It snows in Oslo.');
  expect((await result.steps).map(({ toolResults }) => toolResults.map(({ output }) => output))).toEqual([
    ['snow in Oslo'],
    [],
  ]);
  expect(deps.chats[1]?.messages.slice(1)).toEqual([
    {
      role: 'assistant',
      parts: [],
      reasoning: 'I must look.',
      toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' }],
    },
    { role: 'tool', toolCallId: 'call_1', parts: [{ kind: 'text', text: 'snow in Oslo' }] },
  ]);
});

test('the AI SDK shows the thoughts of a model as reasoning, where it asks for a summary', async () => {
  const model = await modelThatAnswers([{ kind: 'reasoning-delta', choice: 0, text: 'Two and two.' }, ...said('4')]);
  const result = streamText({
    model,
    prompt: '2 + 2?',
    providerOptions: { openai: { reasoningSummary: 'auto', forceReasoning: true } },
  });
  expect(await result.text).toBe('4');
  expect(await result.reasoningText).toBe('Two and two.');
});

test('the AI SDK gets objects by its schema, and usage', async () => {
  const model = await modelThatAnswers(said('{"name":"Ada"}'));
  const { output, usage } = await generateText({
    model,
    prompt: 'Who?',
    output: Output.object({ schema: z.object({ name: z.string() }) }),
  });
  expect(output).toEqual({ name: 'Ada' });
  expect(usage).toMatchObject({ inputTokens: 1, outputTokens: 1 });
  expect(deps.chats[0]?.format.kind).toBe('json-schema');
});

test('the AI SDK sees a failure in mid-stream as an error with its sentence', async () => {
  const model = await modelThatAnswers([
    { kind: 'text-delta', choice: 0, text: 'It ' },
    { kind: 'step-started', step: 'chat', model: 'm' },
  ]);
  const errors: unknown[] = [];
  const result = streamText({ model, prompt: 'Hi', maxRetries: 0, onError: ({ error }) => void errors.push(error) });
  await result.consumeStream();
  expect(JSON.stringify(errors)).toContain('it fell over');
});
