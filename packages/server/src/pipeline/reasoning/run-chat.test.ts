import { expect, test } from 'vitest';
import type { ChatEvent, ChatRequest, Engine } from '../../engines/engine.ts';
import { GatewayError } from '../../shared/errors.ts';
import { reasoningProfile } from './profile.ts';
import { runChat, type RunChatOptions } from './run-chat.ts';
import { randomCuts, seededRandom } from './test-cuts.ts';
import { GREEDY } from '../../engines/test-sampling.ts';

const noSignal = new AbortController().signal;

/** An engine that writes what a script says for each prefill, in pieces of a few units; every unit counts as a token. */
class ScriptedEngine implements Pick<Engine<'chat'>, 'run'> {
  readonly requests: ChatRequest[] = [];
  readonly #say: (request: ChatRequest) => string | readonly ChatEvent[];
  readonly #holds: number;

  constructor(say: (request: ChatRequest) => string | readonly ChatEvent[], holds = Infinity) {
    this.#say = say;
    this.#holds = holds;
  }

  async *run(request: ChatRequest): AsyncGenerator<ChatEvent> {
    this.requests.push(request);
    const needed = 10 + (request.prefill?.length ?? 0) + (request.fitsContext === true ? 1 : (request.maxTokens ?? 1));
    if (needed > this.#holds) throw new GatewayError('context_length_exceeded', 'too long');
    await Promise.resolve();
    yield { kind: 'prompt', promptTokens: 10 + (request.prefill?.length ?? 0), cachedTokens: 1 };
    const said = this.#say(request);
    if (typeof said !== 'string') {
      yield* said;
      return;
    }
    const stop = Math.min(said.length, ...request.stop.map((one) => said.indexOf(one)).filter((at) => at >= 0));
    const text = said.slice(0, Math.min(stop, request.maxTokens ?? Infinity));
    for (const piece of randomCuts(text, seededRandom(text.length))) {
      if (piece !== '') yield { kind: 'text-delta', text: piece };
    }
    const reason = text.length < stop ? 'length' : 'stop';
    yield { kind: 'finish', reason, completionTokens: text.length };
  }
}

const REQUEST: ChatRequest = {
  messages: [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'What is 1 + 2?' },
  ],
  sampling: GREEDY,
  maxTokens: null,
  stop: ['\n\n\n'],
};

function optionsOf(reasoning: object | undefined, more: Partial<Omit<RunChatOptions, 'profile'>> = {}): RunChatOptions {
  const settings = reasoning === undefined ? {} : { reasoning };
  return {
    profile: reasoningProfile('test', settings),
    thinking: { enabled: null, budgetTokens: null },
    returnReasoning: false,
    ...more,
  };
}

interface Told {
  readonly text: string;
  readonly thought: string;
  readonly events: readonly ChatEvent[];
}

async function told(engine: ScriptedEngine, request: ChatRequest, options: RunChatOptions): Promise<Told> {
  const events: ChatEvent[] = [];
  for await (const event of runChat(engine, request, options, noSignal)) events.push(event);
  const join = (kind: 'text-delta' | 'reasoning-delta'): string =>
    events.map((event) => (event.kind === kind ? event.text : '')).join('');
  return { text: join('text-delta'), thought: join('reasoning-delta'), events };
}

const ON = { enabled: true, budgetTokens: null };
/** A model that thinks when its answer was opened for it, and else answers. */
const thinker = (request: ChatRequest): string => {
  if (request.prefill === undefined) return 'just 3';
  return request.prefill.endsWith('</think>\n\n') ? '\nThe answer is 3.' : 'one and two\nmake three\n</think>\n\n3';
};

test('a model without a profile answers as it is, tags and all, when nobody asks it to think', async () => {
  const engine = new ScriptedEngine(() => 'write <think> to think');
  expect(await told(engine, REQUEST, optionsOf(undefined))).toMatchObject({
    text: 'write <think> to think',
    thought: '',
  });
  expect(engine.requests).toEqual([REQUEST]);
});

test('a model that is told to think writes thoughts first and then continues behind them', async () => {
  const engine = new ScriptedEngine(thinker);
  const { text, thought, events } = await told(
    engine,
    REQUEST,
    optionsOf({ style: 'prompted' }, { thinking: ON, returnReasoning: true }),
  );
  expect(thought).toBe('one and two\nmake three');
  expect(text).toBe('The answer is 3.');
  const [first, second] = engine.requests;
  expect(first).toMatchObject({ prefill: '<think>\n', stop: ['</think>'], maxTokens: 1024 });
  expect(second).toMatchObject({ prefill: '<think>\none and two\nmake three\n</think>\n\n', stop: ['\n\n\n'] });
  expect(second?.maxTokens).toBeNull();
  expect(first?.messages).toEqual(second?.messages);
  expect(first?.messages[0]?.content).toMatch(/^Be kind\.\n\nBefore you answer, think step by step/);
  const written = 'one and two\nmake three\n'.length;
  expect(events.filter((event) => event.kind === 'prompt')).toEqual([
    { kind: 'prompt', promptTokens: 18, cachedTokens: 1 },
  ]);
  expect(events.at(-1)).toEqual({
    kind: 'finish',
    reason: 'stop',
    completionTokens: written + '\nThe answer is 3.'.length,
    reasoningTokens: written,
  });
  const kinds = events.map((event) => event.kind);
  expect(kinds.lastIndexOf('reasoning-delta')).toBeLessThan(kinds.indexOf('text-delta'));
});

test('it is told so in the language of the user', async () => {
  const engine = new ScriptedEngine(thinker);
  await told(
    engine,
    { ...REQUEST, messages: [{ role: 'user', content: '一加二等于几?' }] },
    optionsOf(undefined, { thinking: ON }),
  );
  expect(engine.requests[0]?.messages[0]).toMatchObject({
    role: 'system',
    content: expect.stringMatching(/^回答之前/),
  });
});

test('thoughts that nobody asked for are not told, but counted', async () => {
  const { text, thought, events } = await told(
    new ScriptedEngine(thinker),
    REQUEST,
    optionsOf(undefined, { thinking: ON }),
  );
  expect([text, thought]).toEqual(['The answer is 3.', '']);
  expect(events.at(-1)).toMatchObject({ reasoningTokens: 23 });
});

test('at the budget thinking is closed, and the answer follows', async () => {
  const engine = new ScriptedEngine(thinker);
  const { text, thought } = await told(
    engine,
    REQUEST,
    optionsOf(undefined, { thinking: { enabled: true, budgetTokens: 7 }, returnReasoning: true }),
  );
  expect([thought, text]).toEqual(['one and', 'The answer is 3.']);
  expect(engine.requests[1]?.prefill).toBe('<think>\none and\n</think>\n\n');
});

test('thinking takes at most half of what may be written, and both together no more than that', async () => {
  const engine = new ScriptedEngine(thinker);
  const { events } = await told(engine, { ...REQUEST, maxTokens: 20 }, optionsOf(undefined, { thinking: ON }));
  expect(engine.requests.map(({ maxTokens }) => maxTokens)).toEqual([10, 10]);
  expect(events.at(-1)).toMatchObject({ reason: 'length', completionTokens: 20, reasoningTokens: 10 });
});

test('where the budget does not fit behind the prompt, less thinking does', async () => {
  const engine = new ScriptedEngine(thinker, 400);
  const { text } = await told(engine, REQUEST, optionsOf(undefined, { thinking: ON }));
  expect(text).toBe('The answer is 3.');
  expect(engine.requests.map(({ maxTokens }) => maxTokens)).toEqual([1024, 256, null]);
});

test('an answer that fits no longer behind the thoughts is cut, and one that never fitted is refused', async () => {
  const request = { ...REQUEST, maxTokens: 60 };
  const engine = new ScriptedEngine(thinker, 10 + 60 + 8);
  const full = new ScriptedEngine(thinker, 10 + 38);
  const { text, events } = await told(engine, request, optionsOf(undefined, { thinking: ON }));
  expect(text).toBe('The answer is 3.');
  expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  const { events: cut } = await told(full, request, optionsOf(undefined, { thinking: ON }));
  expect(cut.at(-1)).toEqual({ kind: 'finish', reason: 'length', completionTokens: 23, reasoningTokens: 23 });
  await expect(
    told(new ScriptedEngine(thinker, 5), request, optionsOf(undefined, { thinking: ON })),
  ).rejects.toMatchObject({ code: 'context_length_exceeded' });
});

test('format, log probabilities, stops and the obligation to call functions hold for the answer alone', async () => {
  const engine = new ScriptedEngine(thinker);
  const request: ChatRequest = {
    ...REQUEST,
    format: { kind: 'json-object' },
    logprobs: 2,
    prefill: '{',
    tools: {
      definitions: [{ name: 'f', description: null, parameters: {}, strict: false }],
      choice: 'required',
      parallel: true,
    },
  };
  await told(engine, request, optionsOf(undefined, { thinking: ON }));
  const [first, second] = engine.requests;
  expect(first).not.toHaveProperty('format');
  expect(first).not.toHaveProperty('logprobs');
  expect(first?.tools).toMatchObject({ choice: 'auto' });
  expect(second).toMatchObject({ format: request.format, logprobs: 2, tools: { choice: 'required' } });
  expect(second?.prefill).toMatch(/<\/think>\n\n\{$/);
});

test('a call made right out of thinking is the answer', async () => {
  const call: readonly ChatEvent[] = [
    { kind: 'text-delta', text: 'I need the weather' },
    { kind: 'tool-call', index: 0, id: 'call_1', name: 'f' },
    { kind: 'tool-call-delta', index: 0, text: '{}' },
    { kind: 'finish', reason: 'tool-calls', completionTokens: 9 },
  ];
  const engine = new ScriptedEngine(() => call);
  const { events, thought } = await told(
    engine,
    REQUEST,
    optionsOf(undefined, { thinking: ON, returnReasoning: true }),
  );
  expect(engine.requests).toHaveLength(1);
  expect(thought).toBe('I need the weather');
  expect(events.slice(-3)).toEqual([
    { kind: 'tool-call', index: 0, id: 'call_1', name: 'f' },
    { kind: 'tool-call-delta', index: 0, text: '{}' },
    { kind: 'finish', reason: 'tool-calls', completionTokens: 9, reasoningTokens: 9 },
  ]);
});

const NATIVE = { style: 'native' };
const NATIVELY = '<think>\nhm, 1 < 2\n</think>\n\nThree.';

test('a model that thinks by itself is split: hidden by default, told when asked, left raw by its profile', async () => {
  const engine = (): ScriptedEngine => new ScriptedEngine(() => NATIVELY);
  expect(await told(engine(), REQUEST, optionsOf(NATIVE))).toMatchObject({ text: 'Three.', thought: '' });
  const asked = await told(engine(), REQUEST, optionsOf(NATIVE, { returnReasoning: true }));
  expect(asked).toMatchObject({ text: 'Three.', thought: 'hm, 1 < 2' });
  expect(await told(engine(), REQUEST, optionsOf({ ...NATIVE, output: 'split' }))).toMatchObject({
    text: 'Three.',
    thought: 'hm, 1 < 2',
  });
  expect(await told(engine(), REQUEST, optionsOf({ ...NATIVE, output: 'raw' }))).toMatchObject({
    text: NATIVELY,
    thought: '',
  });
  const { reasoningTokens = 0, completionTokens } = asked.events.at(-1) as Extract<ChatEvent, { kind: 'finish' }>;
  expect(reasoningTokens).toBeGreaterThan(0);
  expect(reasoningTokens).toBeLessThan(completionTokens);
});

test('a template that opens the thoughts makes the text begin inside them', async () => {
  const engine = (): ScriptedEngine => new ScriptedEngine(() => 'hm</think>\n\nThree.');
  const reasoning = { ...NATIVE, templateOpens: true, templateVariable: 'enable_thinking' };
  expect(await told(engine(), REQUEST, optionsOf(reasoning, { returnReasoning: true }))).toMatchObject({
    text: 'Three.',
    thought: 'hm',
  });
  expect(await told(engine(), REQUEST, optionsOf({ ...reasoning, output: 'raw' }))).toMatchObject({
    text: '<think>\nhm</think>\n\nThree.',
  });
  const off = new ScriptedEngine(() => 'Three.');
  const thinking = { enabled: false, budgetTokens: null };
  expect(await told(off, REQUEST, optionsOf(reasoning, { thinking }))).toMatchObject({ text: 'Three.' });
  expect(off.requests[0]?.templateOptions).toEqual({ enable_thinking: false });
});

test('a native thinker with a budget is stopped at it', async () => {
  const engine = new ScriptedEngine(thinker);
  const { text, thought } = await told(
    engine,
    REQUEST,
    optionsOf(
      { ...NATIVE, templateOpens: true },
      { thinking: { enabled: null, budgetTokens: 3 }, returnReasoning: true },
    ),
  );
  expect([thought, text]).toEqual(['one', 'The answer is 3.']);
  expect(engine.requests.map(({ prefill }) => prefill)).toEqual(['', 'one\n</think>\n\n']);
});

test('thoughts that an engine splits itself follow the same rule', async () => {
  const events: readonly ChatEvent[] = [
    { kind: 'reasoning-delta', text: 'h' },
    { kind: 'reasoning-delta', text: 'm' },
    { kind: 'text-delta', text: '<b>3</b>' },
    { kind: 'finish', reason: 'stop', completionTokens: 10 },
  ];
  const engine = (): ScriptedEngine => new ScriptedEngine(() => events);
  const profile = reasoningProfile('test', { reasoningParser: 'qwen3', reasoning: { style: 'native', output: 'raw' } });
  const options: RunChatOptions = { profile, thinking: ON, returnReasoning: true };
  expect(await told(engine(), REQUEST, options)).toMatchObject({ text: '<b>3</b>', thought: 'hm' });
  expect(await told(engine(), REQUEST, { ...options, returnReasoning: false })).toMatchObject({
    text: '<think>\nhm\n</think>\n\n<b>3</b>',
    thought: '',
  });
  expect(
    await told(engine(), REQUEST, { ...options, returnReasoning: false, profile: { ...profile, output: 'hidden' } }),
  ).toMatchObject({ text: '<b>3</b>', thought: '' });
});

test('JSON that is held to a schema keeps tags in its strings', async () => {
  const engine = new ScriptedEngine(() => '{"a":"<think>"}');
  const request: ChatRequest = { ...REQUEST, format: { kind: 'json-object' } };
  expect(await told(engine, request, optionsOf(NATIVE))).toMatchObject({ text: '{"a":"<think>"}' });
});

const AUTOGLM = {
  style: 'native',
  output: 'raw',
  cleanup: { anywhere: ['<|begin_of_box|>', '<|end_of_box|>'], atEnd: ['</answer>'] },
};
const ACTION = '<think>点击登录</think>\n<answer>do(action="Tap", element=[500,500])';

test('a phone agent gets thoughts and action raw, without boxes and without the end tag its parser falls over (Open-AutoGLM#59, #414)', async () => {
  const engine = new ScriptedEngine(() => ACTION.replace('do(', '<|begin_of_box|>do(') + '<|end_of_box|></answer>\n');
  expect(await told(engine, REQUEST, optionsOf(AUTOGLM))).toMatchObject({ text: ACTION, thought: '' });
});

test('a phone agent’s answer can be split on demand', async () => {
  const engine = new ScriptedEngine(() => `${ACTION}</answer>`);
  expect(await told(engine, REQUEST, optionsOf(AUTOGLM, { returnReasoning: true }))).toMatchObject({
    text: '<answer>do(action="Tap", element=[500,500])',
    thought: '点击登录',
  });
});

test('a prompt that is only counted is counted as it would be answered', async () => {
  const engine = new ScriptedEngine(thinker);
  await told(engine, { ...REQUEST, countOnly: true }, optionsOf(undefined, { thinking: ON }));
  expect(engine.requests).toHaveLength(1);
  expect(engine.requests[0]?.messages[0]?.content).toContain('think step by step');
});

test('text that is continued as it is knows no thoughts', async () => {
  const engine = new ScriptedEngine(() => NATIVELY);
  const request: ChatRequest = { ...REQUEST, messages: [], prompt: 'once' };
  expect(await told(engine, request, optionsOf(NATIVE, { thinking: ON }))).toMatchObject({ text: NATIVELY });
});

test('a wrong profile names the model and the key', () => {
  expect(() => reasoningProfile('m', { reasoning: { style: 'loud' } })).toThrow(
    /`reasoning` of the model m is wrong.*style/s,
  );
});
