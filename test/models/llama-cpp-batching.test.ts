import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatEvent, ChatMessage } from '../../packages/server/src/engines/engine.ts';
import { LlamaContext } from '../../packages/server/src/engines/llama-cpp/context.ts';
import { createEngine } from '../../packages/server/src/engines/llama-cpp/engine.ts';
import { LlamaModel } from '../../packages/server/src/engines/llama-cpp/model.ts';
import { Pace } from '../../packages/server/src/engines/llama-cpp/pace.ts';
import { ParkedStates } from '../../packages/server/src/engines/llama-cpp/parked-states.ts';
import { Scheduler, type SchedulerOptions } from '../../packages/server/src/engines/llama-cpp/scheduler.ts';
import { LlamaCppSettings, poolTokensOf } from '../../packages/server/src/engines/llama-cpp/settings.ts';
import { weightFile } from './weights.ts';

const SMOL = weightFile('SmolLM2-135M-Instruct.Q4_1.gguf');
const QWEN = weightFile('qwen2.5-coder-1.5b-instruct-q4_k_m.gguf');

const user = (content: string): ChatMessage => ({ role: 'user', content });
const system = (content: string): ChatMessage => ({ role: 'system', content });

interface Written {
  readonly tokens: readonly number[];
  /** How far the best logit lay before the second one, for each token. */
  readonly gaps: readonly number[];
  readonly cachedTokens: number;
  readonly text: string;
}

/** A loaded model whose scheduler is watched from inside. */
class Bench {
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly settings: LlamaCppSettings;
  /** Calls of llama.cpp so far. */
  steps = 0;

  constructor(path: string, settings: Record<string, unknown>, threads = 1) {
    this.settings = LlamaCppSettings.parse(settings);
    const { rearrange } = this.settings;
    this.model = LlamaModel.load({ path, gpuLayers: 0, gpu: false, rearrange, mmap: false, chatTemplate: null });
    this.context = new LlamaContext(this.model, this.settings, threads);
    this.context.warmUp();
    const decode = this.context.decode.bind(this.context);
    this.context.decode = () => {
      this.steps++;
      return decode();
    };
  }

  scheduler(more: Partial<SchedulerOptions> = {}): Scheduler {
    this.context.clear();
    return new Scheduler({
      context: this.context,
      vocabulary: this.model,
      maxSequences: this.settings.maxSequences,
      poolTokens: poolTokensOf(this.settings),
      batchTokens: this.settings.batchTokens,
      onePool: this.settings.kvUnified,
      reuse: { canCut: true, canShare: true, neighbours: !this.settings.kvUnified },
      pace: new Pace(this.settings.interruption),
      parked: new ParkedStates(this.settings.parkedBytes),
      speculate: false,
      now: () => performance.now(),
      ...more,
    });
  }

  /** Writes a greedy answer, noting each choice. */
  async write(scheduler: Scheduler, messages: readonly ChatMessage[], maxTokens: number): Promise<Written> {
    const tokens: number[] = [];
    const gaps: number[] = [];
    const next = (index: number): number => {
      const [best, second, token] = topTwo(this.context.logits(index));
      tokens.push(token);
      gaps.push(best - second);
      return token;
    };
    const prompt = this.model.tokenizePrompt(this.model.template.render(messages));
    const chooser = { next, free: () => undefined };
    const events: ChatEvent[] = [];
    for await (const event of scheduler.submit({ prompt, maxTokens, stops: [], chooser }).events) events.push(event);
    const [first] = events;
    const text = events.map((event) => (event.kind === 'text-delta' ? event.text : '')).join('');
    return { tokens, gaps, cachedTokens: first?.kind === 'prompt' ? first.cachedTokens : -1, text };
  }

  free(): void {
    this.context.free();
    this.model.free();
  }
}

function topTwo(logits: Float32Array): [best: number, second: number, token: number] {
  let [best, second, token] = [-Infinity, -Infinity, 0];
  for (const [index, value] of logits.entries()) {
    if (value > best) [second, best, token] = [best, value, index];
    else if (value > second) second = value;
  }
  return [best, second, token];
}

/** How far apart the two best logits were where two answers to one prompt part; null when they are the same. */
function gapAtFirstDifference(a: Written, b: Written): number | null {
  const at = a.tokens.findIndex((token, index) => token !== b.tokens[index]);
  return at < 0 ? null : (a.gaps[at] ?? 0);
}

const SUBJECTS = ['the sea', 'a dragon', 'bread', 'the moon', 'trains', 'a robot', 'rivers', 'music'];
const ORDERS = ['Write a story about', 'List five facts about', 'Explain to a child what is special about'];

/** Compares answers written alone with those written together, prints how often they differ, and returns the gaps there. */
async function compare(bench: Bench, name: string, prompts: readonly string[], maxTokens: number): Promise<number[]> {
  const alone: Written[] = [];
  for (const content of prompts) alone.push(await bench.write(bench.scheduler(), [user(content)], maxTokens));
  const scheduler = bench.scheduler();
  const together = await Promise.all(prompts.map((content) => bench.write(scheduler, [user(content)], maxTokens)));
  const gaps = alone.flatMap((answer, index) => gapAtFirstDifference(answer, together[index] as Written) ?? []);
  const figures = gaps.map((gap) => gap.toFixed(3)).join(', ');
  console.info(
    `${name}: ${gaps.length} of ${prompts.length} answers differ when written together; logit gaps there: ${figures || 'none'}`,
  );
  return gaps;
}

describe.skipIf(SMOL === null)('SmolLM2 through the scheduler', () => {
  let bench: Bench;
  beforeAll(() => {
    bench = new Bench(SMOL ?? '', { maxSequences: 8, maxSequenceTokens: 1024, interruption: null });
  });
  afterAll(() => bench.free());

  test('together answers are those written alone, but where two tokens are as good within float error', async () => {
    const prompts = ORDERS.flatMap((order) => SUBJECTS.slice(0, 6).map((subject) => `${order} ${subject}.`));
    for (const gap of await compare(bench, 'SmolLM2 Q4_1', prompts, 24)) expect(gap).toBeLessThan(0.02);
  });

  test('guessing ahead changes no text, and checks what an answer quotes in fewer steps', async () => {
    const list = 'apple, banana, cherry, dragonfruit, elderberry, fig, grape, honeydew, kiwi, lemon, mango, nectarine';
    const messages = [user(`Repeat this list exactly, word for word: ${list}. Then repeat it once more.`)];
    const start = bench.steps;
    const plain = await bench.write(bench.scheduler(), messages, 64);
    const middle = bench.steps;
    // Without a clock every guess is taken to cost the same, so that the number of steps repeats.
    const guessed = await bench.write(bench.scheduler({ speculate: true, now: () => 0 }), messages, 64);
    const [plainSteps, guessedSteps] = [middle - start, bench.steps - middle];
    console.info(`SmolLM2 quoting: ${plainSteps} steps without guesses, ${guessedSteps} with them`);
    expect(guessedSteps).toBeLessThan(plainSteps);
    const gap = gapAtFirstDifference(plain, guessed);
    expect(gap === null || gap < 0.02).toBe(true);
  });

  test('a prefix that several requests bring at once is evaluated once, and the text stays the same', async () => {
    const long = system(`You are a guide. ${'Be kind, be brief, and never shout. '.repeat(20)}`);
    const asks = ['A river?', 'A mountain?', 'A lake?', 'A town?'].map((content) => [long, user(content)]);
    const scheduler = bench.scheduler();
    const together = await Promise.all(asks.map((messages) => bench.write(scheduler, messages, 8)));
    expect(together.filter(({ cachedTokens }) => cachedTokens > 150)).toHaveLength(3);
    for (const [index, messages] of asks.entries()) {
      const gap = gapAtFirstDifference(await bench.write(bench.scheduler(), messages, 8), together[index] as Written);
      expect(gap === null || gap < 0.1).toBe(true);
    }
  });

  test('a conversation whose sequence was overwritten goes on from host memory with the same text', async () => {
    const settings = { parked: new ParkedStates(64 * 1024 * 1024), maxSequences: 1 };
    const scheduler = bench.scheduler(settings);
    const start = [system('You are a helpful guide. '.repeat(8)), user('Name a river.')];
    const first = await bench.write(scheduler, start, 12);
    const next = [...start, { role: 'assistant' as const, content: first.text }, user('And another?')];
    const expected = await bench.write(scheduler, next, 12);
    await bench.write(scheduler, start, 1);
    for (const subject of SUBJECTS.slice(0, 3)) await bench.write(scheduler, [user(`Write about ${subject}.`)], 2);
    const again = await bench.write(scheduler, next, 12);
    expect(again.cachedTokens).toBeGreaterThan(60);
    expect(again.text).toBe(expected.text);
  });
});

describe.skipIf(SMOL === null)('SmolLM2 over a restart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concert-state-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function session(settings: Record<string, unknown>): Promise<{ cachedTokens: number; text: string }> {
    const engine = await createEngine({
      modelId: 'test',
      files: { 'model.gguf': SMOL ?? '' },
      settings: { maxSequences: 2, maxSequenceTokens: 512, ...settings },
      threads: 2,
      gpus: [],
      state: { folder, bytes: 64 * 1024 * 1024 },
    });
    const greedy = { temperature: 0, topP: 1, topK: 0, minP: 0, frequencyPenalty: 0, presencePenalty: 0 };
    const request = {
      messages: [system('Answer in one short sentence. '.repeat(10)), user('What is bread?')],
      sampling: { ...greedy, repeatPenalty: 1, seed: null },
      maxTokens: 8,
      stop: [],
      cacheScope: 'a tenant',
    };
    let [cachedTokens, text] = [-1, ''];
    for await (const event of engine.run(request, new AbortController().signal)) {
      if (event.kind === 'prompt') ({ cachedTokens } = event);
      if (event.kind === 'text-delta') text += event.text;
    }
    await engine.close();
    return { cachedTokens, text };
  }

  test('a conversation saved on unload is found at the next load, with the same text; one of other settings is not (llama-swap#1064)', async () => {
    const first = await session({});
    expect(first.cachedTokens).toBe(0);
    const again = await session({});
    expect(again.cachedTokens).toBeGreaterThan(60);
    expect(again.text).toBe(first.text);
    expect((await session({ kvType: 'q8_0' })).cachedTokens).toBe(0);
    expect(readdirSync(folder).filter((name) => name.endsWith('.kv'))).toHaveLength(1);
  });
});

describe.skipIf(QWEN === null)('Qwen 1.5B through the scheduler', () => {
  test('together answers are those written alone, but where two tokens are within the rounding of its kernels', async () => {
    const bench = new Bench(QWEN ?? '', { maxSequences: 4, maxSequenceTokens: 512, interruption: null });
    try {
      const prompts = SUBJECTS.slice(0, 4).map((subject) => `Write about ${subject}.`);
      // Rows in groups of four take llama.cpp's repacked kernel, single ones another that rounds activations otherwise.
      for (const gap of await compare(bench, 'Qwen Q4_K_M', prompts, 16)) expect(gap).toBeLessThan(0.5);
    } finally {
      bench.free();
    }
  });
});
