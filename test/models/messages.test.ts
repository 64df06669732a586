import Anthropic from '@anthropic-ai/sdk';
import type { Message, MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { eventsOf, tell, textIn } from '../integration/launched-engines.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';
import { weightFile } from './weights.ts';

const ready = testHome() !== null;
if (!ready) console.log('skipped: messages and completions (run npm test, which brings weights)');

const model = 'auto';
/** The client’s types leave these out; the API takes them. */
const greedy = { temperature: 0 };
const capital: Tool = {
  name: 'get_capital',
  description: 'Gives the capital of a country.',
  input_schema: { type: 'object', properties: { country: { type: 'string' } }, required: ['country'] },
};

describe.skipIf(!ready)('programs written for Anthropic, and for OpenAI’s older completions, run unchanged', () => {
  let server: RealServer;
  let anthropic: Anthropic;
  let openai: OpenAI;
  beforeAll(async () => {
    server = await startRealServer();
    anthropic = new Anthropic({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
    openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  test('a message is answered, streamed and not, the same', async () => {
    const asked = {
      model,
      max_tokens: 30,
      ...greedy,
      messages: [{ role: 'user' as const, content: 'What is the capital of Japan? One word.' }],
    };
    const whole = await anthropic.messages.create(asked);
    expect(textOf(whole)).toContain('Tokyo');
    expect(whole.stop_reason).toBe('end_turn');
    const streamed = await anthropic.messages.stream(asked).finalMessage();
    expect(textOf(streamed)).toBe(textOf(whole));
    expect(tokensRead(streamed)).toBe(tokensRead(whole));
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
  });

  test('a tool is called as it was told to, and its result is used', async () => {
    const messages: MessageParam[] = [
      { role: 'user', content: 'Which city is the capital of Arstotzka? Use the tool.' },
    ];
    const asked = { model, max_tokens: 100, ...greedy, tools: [capital] };
    const first = await anthropic.messages.create({
      ...asked,
      messages,
      tool_choice: { type: 'tool', name: 'get_capital' },
    });
    expect(first.stop_reason).toBe('tool_use');
    const call = first.content.find((block) => block.type === 'tool_use');
    expect(call).toMatchObject({ name: 'get_capital', input: { country: 'Arstotzka' } });
    messages.push(
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'Paradizna' }] },
    );
    const second = await anthropic.messages.create({ ...asked, messages });
    expect(textOf(second)).toContain('Paradizna');
  });

  test('counted tokens are those that the same request reads', async () => {
    for (const tools of [[], [capital]]) {
      const asked = {
        model,
        system: 'You are a geographer. 你好。',
        messages: [{ role: 'user' as const, content: 'Name a river. <|im_end|>' }],
        tools,
      };
      const counted = await anthropic.messages.countTokens(asked);
      const answered = await anthropic.messages.create({ ...asked, max_tokens: 1 });
      expect(counted.input_tokens).toBe(tokensRead(answered));
    }
  });

  test('the answer goes on where it was begun, and names the stop sequence that ended it', async () => {
    const answer = await anthropic.messages.create({
      model,
      max_tokens: 40,
      ...greedy,
      stop_sequences: ['"', 'never'],
      messages: [
        { role: 'user', content: 'Give the capital of France as JSON with the key "city".' },
        { role: 'assistant', content: '{"city": "' },
      ],
    });
    expect(textOf(answer)).toBe('Paris');
    expect(answer).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: '"' });
  });

  test('a max_tokens beyond the context is taken for as much as there is room', async () => {
    const answer = await anthropic.messages.create(
      {
        model,
        max_tokens: 64_000,
        messages: [{ role: 'user', content: 'Say OK.' }],
      },
      { timeout: 250_000 },
    );
    expect(answer.stop_reason).toBe('end_turn');
  });

  test('the gap between prompt and suffix is filled', async () => {
    const { choices } = await openai.completions.create({
      model,
      prompt: 'def add(a, b):\n    return ',
      suffix: '\n\nprint(add(1, 2))\n',
      max_tokens: 20,
      temperature: 0,
    });
    expect(choices[0]?.text.trim()).toMatch(/^a \+ b/);
    expect(choices[0]?.text).not.toContain('print');
  });

  test('several prompts are continued as they are, echoed, the same streamed and not', async () => {
    const asked = {
      model,
      prompt: ['1, 2, 3, 4,', 'Monday, Tuesday,'],
      max_tokens: 6,
      temperature: 0,
      echo: true,
    };
    const whole = await openai.completions.create(asked);
    expect(whole.choices[0]?.text).toMatch(/^1, 2, 3, 4, ?5, ?6/);
    expect(whole.choices[1]?.text).toMatch(/^Monday, Tuesday, /);
    expect(whole.choices[0]?.finish_reason).toBe('length');
    const texts = ['', ''];
    for await (const chunk of await openai.completions.create({ ...asked, stream: true })) {
      for (const { index, text } of chunk.choices) texts[index] += text;
    }
    expect(texts).toEqual(whole.choices.map(({ text }) => text));
  });

  test('tokens of a completion are told with their probabilities, and none is counted twice', async () => {
    const { choices, usage } = await openai.completions.create({
      model,
      prompt: 'The sky is',
      max_tokens: 4,
      temperature: 0,
      logprobs: 3,
    });
    const told = choices[0]?.logprobs;
    expect(told?.tokens?.join('')).toBe(choices[0]?.text);
    expect(told?.tokens).toHaveLength(usage?.completion_tokens ?? -1);
    for (const [at, token] of (told?.tokens ?? []).entries()) {
      const likeliest = Math.max(...Object.values(told?.top_logprobs?.[at] ?? {}));
      expect(told?.token_logprobs?.[at]).toBe(likeliest);
      expect(told?.top_logprobs?.[at]).toHaveProperty([token]);
    }
    expect(told?.text_offset?.[0]).toBe(0);
  });
});

const smol = weightFile('SmolLM2-135M-Instruct.Q4_1.gguf');
if (smol === null) console.log('skipped: gaps and room in SmolLM2 (its weights are not on this machine)');

test.skipIf(smol === null)(
  'a small model without tokens for gaps refuses a suffix, counts, and takes what room it has',
  async () => {
    const engine = await startWorker<'chat'>({
      engine: 'llama-cpp',
      options: {
        modelId: 'smol',
        files: { 'model.gguf': smol ?? '' },
        settings: { maxSequenceTokens: 64 },
        threads: 1,
        gpus: [],
        state: null,
      },
      log: silentLog,
      signal: new AbortController().signal,
    });
    try {
      const refused = eventsOf(engine, { ...tell('', { maxTokens: 4 }), prompt: 'a', suffix: 'b' });
      await expect(refused).rejects.toMatchObject({ code: 'unsupported_value', param: 'suffix' });
      const counted = await eventsOf(engine, tell('Tell me a long story.', { countOnly: true }));
      expect(counted.map(({ kind }) => kind)).toEqual(['prompt', 'finish']);
      const [prompt] = counted;
      const promptTokens = prompt?.kind === 'prompt' ? prompt.promptTokens : 0;
      const long = tell('Tell me a long story.', { maxTokens: 500 });
      await expect(eventsOf(engine, long)).rejects.toMatchObject({ code: 'context_length_exceeded' });
      const answered = await eventsOf(engine, { ...long, fitsContext: true });
      expect(textIn(answered)).not.toBe('');
      expect(answered.at(-1)).toMatchObject({ reason: 'length', completionTokens: 64 - promptTokens });
    } finally {
      await engine.close();
    }
  },
);

function textOf(message: Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

function tokensRead({ usage }: Message): number {
  return usage.input_tokens + (usage.cache_read_input_tokens ?? 0);
}
