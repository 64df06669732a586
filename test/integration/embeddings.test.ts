import type { AddressInfo } from 'node:net';
import { createOpenAI } from '@ai-sdk/openai';
import { OpenAIEmbeddings } from '@langchain/openai';
import { embedMany } from 'ai';
import OpenAI from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../packages/server/src/http/app.ts';
import { fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import type { ModelManager } from '../../packages/server/src/models/model-manager.ts';
import { testSpec } from '../../packages/server/src/models/test-spec.ts';
import { embed } from '../../packages/server/src/pipeline/embed.ts';
import { leaseModels } from '../../packages/server/src/pipeline/lease-models.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';
import { fakeManager } from './fake-models.ts';

let models: ModelManager;
let client: OpenAI;
let baseURL: string;
let close: () => Promise<void>;

beforeEach(async () => {
  models = fakeManager([testSpec({ id: 'compass', task: 'embed', fileBytes: 1_000_000 })]);
  const app = createApp(
    fakeDeps({
      embed: (input, signal, run) =>
        embed(
          {
            models: leaseModels(models, {
              demand: run.demand,
              watch: run,
              clock: systemClock,
              maxWaitMs: null,
              giveUpWaiting: () => ({ why: 'busy', retryAfterSeconds: 1 }),
            }),
          },
          { id: 'compass', settings: {} },
          input,
          signal,
        ),
    }),
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  baseURL = `http://127.0.0.1:${port}/v1`;
  client = new OpenAI({ baseURL, apiKey: 'EMPTY', maxRetries: 0 });
  close = async () => {
    await app.close();
    await models.close(0);
  };
});
afterEach(() => close());

test('the official client reads embeddings of a model’s own process in its default encoding and as numbers', async () => {
  const input = ['one two', 'three'];
  const byDefault = await client.embeddings.create({ model: 'text-embedding-3-small', input });
  expect(byDefault.data.map(({ index, embedding }) => ({ index, embedding }))).toEqual([
    { index: 0, embedding: [1, 0, 0] },
    { index: 1, embedding: [1, 0, 0] },
  ]);
  expect(byDefault.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
  const floats = await client.embeddings.create({ model: 'compass', input, encoding_format: 'float' });
  expect(floats.data).toEqual(byDefault.data);
});

test('the official client’s dimensions are kept, and too many are its BadRequestError', async () => {
  const short = await client.embeddings.create({ model: 'compass', input: 'a', dimensions: 2 });
  expect(short.data[0]?.embedding).toEqual([1, 0]);
  const refused = client.embeddings.create({ model: 'compass', input: 'a', dimensions: 4 });
  await expect(refused).rejects.toMatchObject({ status: 400, code: 'unsupported_value', param: 'dimensions' });
});

test('many clients at once all get their own vectors', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      client.embeddings.create({ model: 'compass', input: 'word '.repeat(index + 1).trim() }),
    ),
  );
  expect(answers.map(({ usage }) => usage.prompt_tokens)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
});

test('LangChain for JavaScript and the AI SDK read them with their defaults', async () => {
  const chain = new OpenAIEmbeddings({ model: 'text-embedding-3-small', apiKey: 'EMPTY', configuration: { baseURL } });
  expect(await chain.embedDocuments(['a', 'b'])).toEqual([
    [1, 0, 0],
    [1, 0, 0],
  ]);
  expect(await chain.embedQuery('a')).toEqual([1, 0, 0]);
  const model = createOpenAI({ baseURL, apiKey: 'EMPTY' }).embedding('text-embedding-3-small');
  const { embeddings, usage } = await embedMany({ model, values: ['one two', 'three'] });
  expect(embeddings).toEqual([
    [1, 0, 0],
    [1, 0, 0],
  ]);
  expect(usage.tokens).toBe(3);
});
