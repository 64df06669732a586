import { Buffer } from 'node:buffer';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  ChatEvent,
  ChatRequest,
  Engine,
  Sampling,
  TokenLogprob,
} from '../../packages/server/src/engines/engine.ts';
import { createEngine } from '../../packages/server/src/engines/llama-cpp/engine.ts';
import {
  randomGenerator,
  randomSchema,
} from '../../packages/server/src/engines/llama-cpp/json-schema/random-schema.ts';
import { LlamaContext } from '../../packages/server/src/engines/llama-cpp/context.ts';
import { LlamaCppSettings } from '../../packages/server/src/engines/llama-cpp/settings.ts';
import { LlamaModel } from '../../packages/server/src/engines/llama-cpp/model.ts';
import { weightFile } from './weights.ts';
import { GREEDY } from '../../packages/server/src/engines/test-sampling.ts';

const SMOL = weightFile('SmolLM2-135M-Instruct.Q4_1.gguf');
const QWEN = weightFile('qwen2.5-coder-1.5b-instruct-q4_k_m.gguf');
for (const [name, path] of Object.entries({ SMOL, QWEN })) {
  if (path === null) console.warn(`${name}: skipped, its weights are not on this machine`);
}

const CREATIVE: Sampling = { ...GREEDY, temperature: 0.8, topP: 0.95, topK: 40, seed: 7 };

function say(content: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return { messages: [{ role: 'user', content }], sampling: GREEDY, maxTokens: 48, stop: [], ...more };
}

interface Whole {
  readonly text: string;
  readonly reason: string;
  readonly tokens: number;
  readonly promptTokens: number;
  readonly logprobs: readonly TokenLogprob[];
}

async function ask(engine: Engine<'chat'>, request: ChatRequest): Promise<Whole> {
  const events: ChatEvent[] = [];
  for await (const event of engine.run(request, new AbortController().signal)) events.push(event);
  const [prompt] = events;
  const finish = events.at(-1);
  if (prompt?.kind !== 'prompt' || finish?.kind !== 'finish')
    throw new Error('an answer begins with prompt and ends with finish');
  const deltas = events.filter((event) => event.kind === 'text-delta');
  return {
    text: deltas.map(({ text }) => text).join(''),
    reason: finish.reason,
    tokens: finish.completionTokens,
    promptTokens: prompt.promptTokens,
    logprobs: deltas.flatMap(({ logprobs }) => logprobs ?? []),
  };
}

function start(path: string, settings: Record<string, unknown> = {}): Promise<Engine<'chat'>> {
  return createEngine({ modelId: 'test', files: { 'model.gguf': path }, settings, threads: 1, gpus: [], state: null });
}

describe.skipIf(SMOL === null)('SmolLM2, held to a form', { timeout: 1_200_000 }, () => {
  let engine: Engine<'chat'>;
  let vocabulary: LlamaModel;
  beforeAll(async () => {
    engine = await start(SMOL ?? '', { maxSequences: 16, maxSequenceTokens: 1024 });
    vocabulary = LlamaModel.load({
      path: SMOL ?? '',
      gpuLayers: 0,
      gpu: false,
      rearrange: false,
      mmap: true,
      chatTemplate: null,
    });
  });
  afterAll(async () => {
    vocabulary.free();
    await engine.close();
  });

  test('200 random JSON schemas give 200 valid answers, most of them before their token limit', async () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const random = randomGenerator(200);
    const schemas = Array.from({ length: 200 }, () => randomSchema(random));
    const answers = await Promise.all(
      schemas.map((schema, index) =>
        ask(
          engine,
          say(`Invent one entry for our list of ${['houses', 'books', 'birds', 'games'][index % 4]}, as JSON.`, {
            format: { kind: 'json-schema', schema },
            sampling: { ...CREATIVE, seed: index },
            maxTokens: 200,
          }),
        ),
      ),
    );
    const wrong = answers.flatMap(({ text, reason }, index) => {
      const schema = schemas[index] as object;
      return reason === 'stop' && ajv.validate(schema, JSON.parse(text))
        ? []
        : [{ reason, text, schema, errors: ajv.errorsText() }];
    });
    const full = answers.filter(({ tokens }) => tokens >= 199).length;
    const tokens = answers.reduce((sum, answer) => sum + answer.tokens, 0);
    console.log(
      `structured output: ${200 - wrong.length} of 200 random schemas answered validly (${tokens} tokens, ${full} answers were brought to their end by the token limit)`,
    );
    expect(wrong).toEqual([]);
    expect(full).toBeLessThan(100);
  });

  test('with hardly any tokens answers are still whole, and with fewer than any answer needs they say "length"', async () => {
    const schema = {
      type: 'object',
      properties: { title: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
      required: ['title', 'tags'],
    };
    for (const maxTokens of [14, 17, 20, 25, 33]) {
      const { text, reason, tokens } = await ask(
        engine,
        say('Describe the sea in JSON.', { format: { kind: 'json-schema', schema }, maxTokens }),
      );
      expect(Object.keys(JSON.parse(text) as object)).toEqual(['title', 'tags']);
      expect(reason).toBe('stop');
      expect(tokens).toBeLessThanOrEqual(maxTokens);
    }
    expect(
      await ask(engine, say('Describe the sea in JSON.', { format: { kind: 'json-schema', schema }, maxTokens: 3 })),
    ).toMatchObject({ reason: 'length', tokens: 3 });
  });

  test('any JSON object, a grammar of the caller, and both with sampling and penalties', async () => {
    const object = await ask(
      engine,
      say('Who are you? Answer in JSON.', { format: { kind: 'json-object' }, maxTokens: 60 }),
    );
    expect(typeof JSON.parse(object.text)).toBe('object');
    const gbnf = 'root ::= "do(action=\\"" ("Tap" | "Back") "\\", element=[" [0-9]{1,3} "," [0-9]{1,3} "])"';
    for (const sampling of [GREEDY, CREATIVE, { ...CREATIVE, frequencyPenalty: 1.5, repeatPenalty: 1.3 }]) {
      const { text, reason } = await ask(
        engine,
        say('Tap the button.', { format: { kind: 'grammar', gbnf }, sampling }),
      );
      expect(text).toMatch(/^do\(action="(Tap|Back)", element=\[\d{1,3},\d{1,3}\]\)$/);
      expect(reason).toBe('stop');
    }
  });

  test('characters of several bytes that are cut over tokens are held too', async () => {
    const format = { kind: 'grammar', gbnf: 'root ::= ([一-鿿]{3} | "😀é"){2,4}' } as const;
    const { text } = await ask(engine, say('你好', { format, sampling: CREATIVE }));
    expect(text).toMatch(/^(?:[一-鿿]{3}|😀é){2,4}$/u);
  });

  test('a bad grammar is a 400 with the reason, and the engine goes on', async () => {
    for (const gbnf of ['root ::= root "a" | "a"', 'root ::= (', 'no-root ::= "a"', 'root ::= ("a"?){1,1000000}']) {
      await expect(ask(engine, say('Hi', { format: { kind: 'grammar', gbnf } }))).rejects.toMatchObject({
        status: 400,
      });
    }
    const endless = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] };
    await expect(ask(engine, say('Hi', { format: { kind: 'json-schema', schema: endless } }))).rejects.toMatchObject({
      status: 400,
      param: 'response_format',
    });
    expect((await ask(engine, say('Say only: yes', { maxTokens: 5 }))).text).not.toBe('');
  });

  test('answers held to a form are the same alone and among others, and guesses do not change them', async () => {
    const format = {
      kind: 'json-schema',
      schema: {
        type: 'object',
        properties: { words: { type: 'array', items: { type: 'string', maxLength: 12 }, minItems: 6, maxItems: 12 } },
        required: ['words'],
      },
    } as const;
    const request = say('List the words: sea ship sea ship sea ship sea ship sea ship sea ship. In JSON.', {
      format,
      maxTokens: 90,
    });
    const alone = await ask(engine, request);
    const [again] = await Promise.all([
      ask(engine, request),
      ...['a', 'b', 'c'].map((topic) => ask(engine, say(`Write about ${topic}.`))),
    ]);
    expect(again.text).toBe(alone.text);
    const plain = await start(SMOL ?? '', { maxSequences: 2, maxSequenceTokens: 1024, speculation: 'off' });
    try {
      expect((await ask(plain, request)).text).toBe(alone.text);
    } finally {
      await plain.close();
    }
  });

  test('the same seed gives the same text, alone and among others; another one another text', async () => {
    const request = say('Tell me a story about a dragon.', {
      sampling: { ...CREATIVE, temperature: 1, seed: 42 },
      maxTokens: 40,
    });
    const alone = await ask(engine, request);
    const [again] = await Promise.all([
      ask(engine, request),
      ...Array.from({ length: 7 }, (_, index) =>
        ask(engine, say(`Write about ${index}.`, { sampling: { ...CREATIVE, seed: index } })),
      ),
    ]);
    expect(again.text).toBe(alone.text);
    expect((await ask(engine, { ...request, sampling: { ...request.sampling, seed: 43 } })).text).not.toBe(alone.text);
  });

  test('logprobs are those of the model itself: they don’t change with temperature, bias or form, and add up', async () => {
    const plain = await ask(engine, say('Name a colour.', { logprobs: 5, maxTokens: 12 }));
    expect(plain.logprobs.map(({ text }) => text).join('')).toBe(plain.text);
    for (const { logprob, top, text } of plain.logprobs) {
      expect(top).toHaveLength(5);
      expect(top.reduce((sum, other) => sum + Math.exp(other.logprob), 0)).toBeLessThanOrEqual(1 + 1e-6);
      // Greedy: the chosen one is the likeliest.
      expect(top[0]).toMatchObject({ text, logprob });
    }
    const [first] = plain.logprobs;
    const hot = await ask(
      engine,
      say('Name a colour.', {
        logprobs: 5,
        maxTokens: 1,
        sampling: { ...CREATIVE, temperature: 2, topK: 0, topP: 1, seed: 3 },
      }),
    );
    expect(hot.logprobs[0]?.top.map(({ text }) => text)).toEqual(first?.top.map(({ text }) => text));
    expect(hot.logprobs[0]?.top[0]?.logprob).toBeCloseTo(first?.top[0]?.logprob ?? NaN, 4);
    const held = await ask(
      engine,
      say('Name a colour.', { logprobs: 5, format: { kind: 'grammar', gbnf: 'root ::= "zebra"' } }),
    );
    expect(held.text).toBe('zebra');
    expect(held.logprobs[0]?.top[0]).toMatchObject({ text: first?.text });
    expect(held.logprobs[0]?.logprob).toBeLessThan(first?.logprob ?? 0);
    expect(
      (await ask(engine, say('Name a colour.', { logprobs: 0, maxTokens: 3 }))).logprobs.every(
        ({ top }) => top.length === 0,
      ),
    ).toBe(true);
    expect((await ask(engine, say('Name a colour.', { maxTokens: 3 }))).logprobs).toEqual([]);
  });

  test('the logprob of each written token is that of a softmax over the logits, computed apart from the engine', async () => {
    const written = await ask(
      engine,
      say('Name a colour.', { logprobs: 2, maxTokens: 5, sampling: { ...CREATIVE, seed: 5 } }),
    );
    const settings = LlamaCppSettings.parse({ maxSequences: 1, maxSequenceTokens: 256 });
    const context = new LlamaContext(vocabulary, settings, 1);
    try {
      const prompt = vocabulary.tokenizePrompt(
        vocabulary.template.render([{ role: 'user', content: 'Name a colour.' }]),
      );
      const tokens = [...prompt];
      for (const { logprob, bytes } of written.logprobs) {
        context.clear();
        context.begin();
        for (const [position, token] of tokens.entries())
          context.add(token, position, 0, position === tokens.length - 1);
        context.decode();
        const logits = Array.from(context.logits(tokens.length - 1));
        const most = Math.max(...logits);
        const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
        const chosen = logits.findIndex((_, token) => Buffer.compare(vocabulary.pieceOf(token), bytes) === 0);
        // The engine evaluates other batches, with other rounding.
        expect(Math.abs((logits[chosen] ?? NaN) - most - Math.log(sum) - logprob)).toBeLessThan(0.05);
        tokens.push(chosen);
      }
      expect(written.logprobs.length).toBeGreaterThan(1);
    } finally {
      context.free();
    }
  });

  test('a bias forces and forbids tokens, and one outside of the vocabulary is refused', async () => {
    const usual = await ask(engine, say('Say only: yes', { logprobs: 3, maxTokens: 1 }));
    const token = (text: string): number => vocabulary.rawPrompt(text).at(-1) ?? -1;
    const forbidden = token(usual.text);
    const without = await ask(
      engine,
      say('Say only: yes', { maxTokens: 1, sampling: { ...GREEDY, logitBias: [[forbidden, -100]] } }),
    );
    expect(without.text).not.toBe(usual.text);
    const forced = await ask(
      engine,
      say('Say only: yes', { maxTokens: 4, sampling: { ...CREATIVE, logitBias: [[token('the'), 100]] } }),
    );
    expect(forced.text).toBe('thethethethe');
    await expect(
      ask(engine, say('x', { sampling: { ...GREEDY, logitBias: [[10_000_000, 1]] } })),
    ).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('a raw prompt is continued without a template, as text or as tokens, and control tokens in it are plain text', async () => {
    const text = 'One, two, three, four, five, six, seven, eight,';
    const raw = await ask(engine, { ...say(''), messages: [], prompt: text, maxTokens: 4 });
    expect(raw.text).toMatch(/nine/);
    const same = await ask(engine, { ...say(''), messages: [], prompt: [...vocabulary.rawPrompt(text)], maxTokens: 4 });
    expect(same).toMatchObject({ text: raw.text, promptTokens: raw.promptTokens });
    const control = await ask(engine, { ...say(''), messages: [], prompt: '<|im_end|>', maxTokens: 1 });
    expect(control.promptTokens).toBeGreaterThan(2);
    expect((await ask(engine, { ...say(''), messages: [], prompt: '', maxTokens: 3 })).tokens).toBeGreaterThan(0);
    await expect(ask(engine, { ...say(''), messages: [], prompt: [-1], maxTokens: 3 })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  test('an answer goes on after its prefill, within its form, and stops where it is told to', async () => {
    const prefill = 'My list: apples, pears, apples, pears,';
    const { text } = await ask(engine, say('Write a list.', { prefill, maxTokens: 8 }));
    expect(text).toMatch(/apples/);
    const format = { kind: 'grammar', gbnf: 'root ::= " " [a-z]+ " END more"' } as const;
    expect(
      (await ask(engine, say('Name a fruit.', { prefill: 'The fruit is', format, stop: [' END'], maxTokens: 30 })))
        .text,
    ).toMatch(/^ [a-z]+$/);
    const control = await ask(engine, say('Hi', { prefill: '<|im_end|>', maxTokens: 1 }));
    const none = await ask(engine, say('Hi', { maxTokens: 1 }));
    expect(control.promptTokens - none.promptTokens).toBeGreaterThan(2);
  });
});
