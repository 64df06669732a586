import type { Completion, CompletionChunk, ErrorBody } from '@concert/protocol';
import { expect, test } from 'vitest';
import type { AnswerEvent, ChatInput, TokenLogprob } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { createApp } from '../app.ts';
import { FAKE_PLAN, fakeDeps } from '../fake-deps.ts';

const finish: AnswerEvent = {
  kind: 'finish',
  promptTokens: 5,
  cachedTokens: 2,
  completionTokens: 3,
  reasoningTokens: 0,
  plan: FAKE_PLAN,
};

/** Continues every prompt with its last word, as often as asked, one answer after the other. */
async function* lastWord(input: ChatInput): AsyncGenerator<AnswerEvent> {
  yield { kind: 'start', model: 'small-llm' };
  const word = String(input.prompt).split(' ').at(-1) ?? '';
  for (let choice = 0; choice < input.choices; choice++) {
    // So that prompts that run at the same time take turns.
    await new Promise((resolve) => setImmediate(resolve));
    yield { kind: 'text-delta', choice, text: ` ${word}` };
    yield { kind: 'text-delta', choice, text: `${choice}` };
    yield { kind: 'choice-finished', choice, reason: choice === 1 ? 'length' : 'stop' };
  }
  yield finish;
}

async function ask(fields: object, answer: (input: ChatInput) => AsyncIterable<AnswerEvent> = lastWord) {
  const inputs: ChatInput[] = [];
  const app = createApp(
    fakeDeps({
      answer(input) {
        inputs.push(input);
        return answer(input);
      },
    }),
  );
  const response = await app.inject({ method: 'POST', url: '/v1/completions', payload: { model: 'hub', ...fields } });
  return { response, inputs };
}

function chunksOf(body: string): CompletionChunk[] {
  const lines = body.split('\n\n').filter((line) => line.startsWith('data: {'));
  return lines.map((line) => JSON.parse(line.slice('data: '.length)) as CompletionChunk);
}

test('a text is continued as it is, with at most 16 tokens unless more are asked for', async () => {
  const { response, inputs } = await ask({ prompt: 'Once upon', stop: '\n', seed: 7, logit_bias: { 5: -100 } });
  expect(response.json<Completion>()).toEqual({
    id: expect.stringMatching(/^cmpl-/) as string,
    object: 'text_completion',
    created: expect.any(Number) as number,
    model: 'hub',
    choices: [{ text: ' upon0', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: 5,
      completion_tokens: 3,
      total_tokens: 8,
      prompt_tokens_details: { cached_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  });
  expect(response.headers).toMatchObject({ 'x-concert-model': 'small-llm' });
  expect(inputs).toMatchObject([
    { prompt: 'Once upon', messages: [], maxTokens: 16, stop: ['\n'], sampling: { seed: 7, logitBias: [[5, -100]] } },
  ]);
  expect(inputs[0]).not.toHaveProperty('suffix');
});

test('choices are counted over prompts, then over n, whichever is done first', async () => {
  const prompt = ['a', 'b', 'c', 'd', 'e', 'f'];
  const { response, inputs } = await ask({ prompt, n: 2, max_tokens: 4 });
  const { choices, usage } = response.json<Completion>();
  expect(choices.map(({ index, text }) => [index, text])).toEqual(
    prompt.flatMap((word, at) => [
      [at * 2, ` ${word}0`],
      [at * 2 + 1, ` ${word}1`],
    ]),
  );
  expect(choices.map((choice) => choice.finish_reason).slice(0, 2)).toEqual(['stop', 'length']);
  expect(usage).toMatchObject({ prompt_tokens: 30, completion_tokens: 18 });
  expect(new Set(inputs.map(({ id }) => id)).size).toBe(1);
});

test('at most four prompts are under way at once', async () => {
  let running = 0;
  let most = 0;
  const { response } = await ask({ prompt: Array.from({ length: 9 }, () => 'x') }, async function* (input) {
    most = Math.max(most, ++running);
    yield* lastWord(input);
    running--;
  });
  expect(response.json<Completion>().choices).toHaveLength(9);
  expect(most).toBe(4);
});

test('tokens are taken for a prompt, alone and several at a time', async () => {
  expect((await ask({ prompt: [1, 2, 3] })).inputs).toMatchObject([{ prompt: [1, 2, 3] }]);
  expect((await ask({ prompt: [[1], [2, 3]] })).inputs).toMatchObject([{ prompt: [1] }, { prompt: [2, 3] }]);
});

test('a stream tells the same texts, with the usage of all at its end', async () => {
  const { response } = await ask({
    prompt: ['a', 'b'],
    echo: true,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = chunksOf(response.body);
  const texts = new Map<number, string>();
  for (const { index, text } of chunks.flatMap(({ choices }) => choices))
    texts.set(index, (texts.get(index) ?? '') + text);
  expect([...texts].sort(([a], [b]) => a - b)).toEqual([
    [0, 'a a0'],
    [1, 'b b0'],
  ]);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 6 } });
  expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  expect(chunks.filter(({ choices }) => choices[0]?.finish_reason === 'stop')).toHaveLength(2);
  expect(response.body.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('max_tokens 0 with echo gives the prompt back and counts its tokens', async () => {
  const { response, inputs } = await ask({ prompt: 'Once', echo: true, max_tokens: 0 }, async function* () {
    yield { kind: 'choice-finished', choice: 0, reason: 'length' };
    yield { ...finish, completionTokens: 0 };
  });
  expect(response.json<Completion>()).toMatchObject({
    choices: [{ text: 'Once', finish_reason: 'length' }],
    usage: { prompt_tokens: 5, completion_tokens: 0 },
  });
  expect(inputs).toMatchObject([{ countOnly: true, maxTokens: null }]);
});

function token(text: string, logprob: number, bytes = Buffer.from(text)): TokenLogprob {
  const other = { text: '?', bytes: Buffer.from('?'), logprob: -Infinity };
  return { text, bytes, logprob, top: [other] };
}

const probable: readonly AnswerEvent[] = [
  {
    kind: 'text-delta',
    choice: 0,
    text: '🙂',
    logprobs: [token('�', -1, Buffer.from([0xf0, 0x9f])), token('�', -2, Buffer.from([0x99, 0x82]))],
  },
  { kind: 'text-delta', choice: 0, text: 'ab', logprobs: [token('ab', -0.5)] },
  { kind: 'text-delta', choice: 0, text: '', logprobs: [token('<|end|>', -0.25, Buffer.alloc(0))] },
  { kind: 'choice-finished', choice: 0, reason: 'stop' },
  finish,
];

test('log probabilities come in the older form: the token itself is among the likeliest, and offsets count whole characters', async () => {
  const answer = async function* () {
    yield* probable;
  };
  const { response, inputs } = await ask({ prompt: 'x', logprobs: 1 }, answer);
  expect(inputs[0]?.logprobs).toBe(1);
  const logprobs = {
    tokens: ['�', '�', 'ab', '<|end|>'],
    token_logprobs: [-1, -2, -0.5, -0.25],
    top_logprobs: [
      { '?': -9999, '�': -1 },
      { '?': -9999, '�': -2 },
      { '?': -9999, ab: -0.5 },
      { '?': -9999, '<|end|>': -0.25 },
    ],
    text_offset: [0, 0, 1, 3],
  };
  expect(response.json<Completion>().choices).toEqual([{ text: '🙂ab', index: 0, logprobs, finish_reason: 'stop' }]);
  const streamed = chunksOf((await ask({ prompt: 'x', logprobs: 1, stream: true }, answer)).response.body);
  expect(streamed.flatMap(({ choices }) => choices[0]?.logprobs?.text_offset ?? [])).toEqual(logprobs.text_offset);
});

test('the plan of the first prompt is told where it was asked for', async () => {
  const asked = { prompt: ['a', 'b'], concert: { trace: true } };
  const { response } = await ask(asked);
  expect(response.json<Completion>().concert?.plan).toMatchObject({ route: 'OCR_SERVICE', confidence: 1 });
  const chunks = chunksOf((await ask({ ...asked, stream: true })).response.body);
  expect(chunks.filter(({ concert }) => concert !== undefined)).toMatchObject([{ choices: [] }]);
});

test('a suffix is what the answer leads to', async () => {
  expect((await ask({ prompt: 'def f():', suffix: 'return x' })).inputs).toMatchObject([
    { prompt: 'def f():', suffix: 'return x' },
  ]);
});

test.each([
  ['no prompt', {}, 'invalid_request', 'prompt'],
  ['a prompt that is null', { prompt: null }, 'invalid_request', 'prompt'],
  ['texts and tokens mixed', { prompt: ['a', 1] }, 'invalid_request', 'prompt.1'],
  ['no prompt in the list', { prompt: [] }, 'invalid_request', 'prompt'],
  ['a negative token', { prompt: [-1] }, 'invalid_request', 'prompt.0'],
  ['too many answers', { prompt: 'x', n: 9 }, 'invalid_request', 'n'],
  ['best_of below n', { prompt: 'x', n: 2, best_of: 1 }, 'invalid_request', 'best_of'],
  ['best_of above n', { prompt: 'x', best_of: 2 }, 'unsupported_value', 'best_of'],
  ['the echo of tokens', { prompt: [1], echo: true }, 'unsupported_value', 'echo'],
  ['probabilities of the prompt', { prompt: 'x', echo: true, logprobs: 1 }, 'unsupported_value', 'logprobs'],
  ['a suffix behind tokens', { prompt: [1], suffix: 'x' }, 'invalid_request', 'suffix'],
  ['six log probabilities', { prompt: 'x', logprobs: 6 }, 'invalid_request', 'logprobs'],
  ['a bias of what is no token', { prompt: 'x', logit_bias: { x: 1 } }, 'invalid_request', 'logit_bias.x'],
])('refused, naming the field: %s', async (_name, fields, code, param) => {
  const { response, inputs } = await ask(fields);
  expect(response.statusCode).toBe(400);
  expect(response.json<ErrorBody>().error).toMatchObject({ code, param });
  expect(inputs).toEqual([]);
});

test('the failure of one prompt is the failure of all, and of a stream its last event', async () => {
  const answer = async function* (input: ChatInput): AsyncGenerator<AnswerEvent> {
    yield* lastWord(input);
    if (input.prompt === 'b') throw new GatewayError('model_crashed', 'it fell over');
  };
  expect((await ask({ prompt: ['a', 'b'] }, answer)).response.statusCode).toBe(502);
  const { response } = await ask({ prompt: ['a', 'b'], stream: true }, answer);
  expect(response.body).toMatch(/data: \{"error":\{"message":"it fell over"[^\n]*\}\}\n\n$/);
});
