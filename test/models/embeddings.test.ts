import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbedEvent } from '../../packages/server/src/engines/engine.ts';
import type { EngineProcess } from '../../packages/server/src/engines/engine-process.ts';
import { llamaEmbed } from '../../packages/server/src/engines/llama-embed/definition.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { CATALOGUE_FOLDER, loadCatalogue } from '../../packages/server/src/models/catalogue/catalogue.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { readProcessBytes } from '../../packages/server/src/shared/process-memory.ts';
import { runPython, testPython } from './python.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';
import { weightFile } from './weights.ts';

const MODEL = 'multilingual-e5-small-q4_0';
const path = weightFile(`${MODEL}.gguf`);
if (path === null) console.warn(`${MODEL}: skipped, its weights are not on this machine`);

const entry = loadCatalogue([CATALOGUE_FOLDER]).get(MODEL);
const noSignal = new AbortController().signal;

/** A question and the passage that answers it, half of them across languages. */
const PAIRS: readonly (readonly [question: string, passage: string])[] = [
  ['如何重置路由器的密码？', '要恢复路由器的出厂设置，请按住背面的小孔十秒钟，然后用贴纸上的初始密码登录。'],
  ['What is the capital of Australia?', 'Canberra has been the seat of the Australian government since 1927.'],
  ['优惠券什么时候到期？', '本优惠券满300元减50元，有效期至十二月三十一日，逾期作废。'],
  ['How long should rice be cooked?', '大米淘净后加水，大火烧开再转小火焖十五分钟左右即可。'],
  [
    '感冒发烧吃什么药？',
    'For a cold with fever, paracetamol or ibuprofen lowers the temperature; drink plenty of water.',
  ],
  [
    'Why is the sky blue?',
    'Air scatters short wavelengths of sunlight more strongly than long ones, an effect named after Rayleigh.',
  ],
  ['怎么申请护照？', '公民凭身份证到户籍所在地的出入境管理机构办理护照，七个工作日内领取。'],
  ['Which animal runs fastest?', 'The cheetah reaches about 110 kilometres per hour over short distances.'],
  ['西湖在哪个城市？', '西湖位于浙江省杭州市，三面环山，是著名的风景名胜区。'],
  ['How do I cancel my subscription?', '要取消自动续订，请在账户设置里选择“订阅管理”，然后点击“取消”。'],
];

const LONG = 'The harbour was quiet that morning and the ships lay still. '.repeat(110);

function start(settings: Record<string, unknown> = {}): Promise<EngineProcess<'embed'>> {
  return startWorker<'embed'>({
    engine: 'llama-embed',
    options: {
      modelId: MODEL,
      files: { [`${MODEL}.gguf`]: path ?? '' },
      settings: { ...entry.settings, ...settings },
      threads: 1,
      gpus: [],
      state: null,
    },
    log: silentLog,
    signal: noSignal,
  });
}

async function embedWith(engine: EngineProcess<'embed'>, texts: readonly string[]): Promise<EmbedEvent[]> {
  const events: EmbedEvent[] = [];
  for await (const event of engine.run({ texts }, noSignal)) events.push(event);
  return events;
}

function cosine(a: ArrayLike<number> = [], b: ArrayLike<number> = []): number {
  let [dot, left, right] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    const [x, y] = [a[index] ?? 0, b[index] ?? 0];
    dot += x * y;
    left += x * x;
    right += y * y;
  }
  return dot / Math.sqrt(left * right);
}

/** Mean over the questions of one divided by the rank of the passage that answers it. */
function meanReciprocalRank(questions: readonly Float32Array[], passages: readonly Float32Array[]): number {
  const ranks = questions.map((question, index) => {
    const right = cosine(question, passages[index]);
    return 1 + passages.filter((passage, other) => other !== index && cosine(question, passage) > right).length;
  });
  return ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length;
}

describe.skipIf(path === null)('Multilingual E5 small in a process of its own', () => {
  let engine: EngineProcess<'embed'>;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine.close());

  const vectorsOf = async (texts: readonly string[]): Promise<Float32Array[]> =>
    (await embedWith(engine, texts)).map(({ vector }) => vector);

  test('Chinese and English questions find their passages, with the card’s prefixes and with one prefix for both', async () => {
    const found: Record<string, number> = {};
    for (const [name, [first, second]] of Object.entries({
      'query, passage': ['query: ', 'passage: '],
      'query, query': ['query: ', 'query: '],
      'passage, passage': ['passage: ', 'passage: '],
      none: ['', ''],
    })) {
      const questions = await vectorsOf(PAIRS.map(([question]) => `${first}${question}`));
      const passages = await vectorsOf(PAIRS.map(([, passage]) => `${second}${passage}`));
      found[name] = meanReciprocalRank(questions, passages);
    }
    console.log(`mean reciprocal rank of ${PAIRS.length} pairs by prefixes: ${JSON.stringify(found)}`);
    expect(found['query, passage']).toBeGreaterThan(0.8);
    expect(found['query, query']).toBeGreaterThan(0.8);
  });

  test('what means the same lies nearer than what does not, across languages', async () => {
    const [chinese, english, other] = await vectorsOf([
      'query: 我喜欢吃苹果',
      'query: I like eating apples',
      'query: 服务器的内存不足',
    ]);
    expect(cosine(chinese, english)).toBeGreaterThan(cosine(chinese, other) + 0.03);
  });

  test('texts of one request or one at a time give the same vectors', async () => {
    const texts = [
      ...PAIRS.map(([question]) => `query: ${question}`),
      ...PAIRS.map(([, passage]) => `passage: ${passage}`),
    ];
    const together = await vectorsOf(texts);
    for (const [index, text] of texts.entries()) {
      const [alone = new Float32Array()] = await vectorsOf([text]);
      // Rounding to eight bits falls otherwise here and there.
      expect(1 - cosine(alone, together[index])).toBeLessThan(1e-3);
      expect(Math.hypot(...alone)).toBeCloseTo(1, 4);
    }
  });

  test('no length around the window’s end, or far beyond, ends the process', async () => {
    const seen: number[] = [];
    for (const words of [500, 506, 507, 508, 509, 510, 511, 512, 513, 514, 600, 1021, 1700]) {
      const [event] = await embedWith(engine, [Array.from({ length: words }, () => 'a').join(' ')]);
      expect(Math.hypot(...(event?.vector ?? []))).toBeCloseTo(1, 4);
      seen.push(event?.tokens ?? 0);
    }
    expect(seen).toContain(512);
    expect(seen).not.toContain(513);
    expect(await embedWith(engine, ['query: still here'])).toHaveLength(1);
  });

  test('the end of a long text counts as much as its beginning', async () => {
    const ending = 'query: Tomorrow the bank raises its interest rates by half a percent.';
    const [question, plain, ended] = await vectorsOf([
      'query: interest rates of the bank',
      `passage: ${LONG}`,
      `passage: ${LONG}${ending.slice(7).repeat(16)}`,
    ]);
    expect(cosine(question, ended)).toBeGreaterThan(cosine(question, plain) + 0.01);
  });

  test('every script is normalised and cut into as many tokens as in the engine that the weights come from', async () => {
    const counts = {
      '如何重置路由器的密码？': 15,
      'What is the capital of Australia?': 12,
      'ＡＢＣ　１２３ ㍿ ﬁne ① ½': 12,
      'Ünïcödé naïve façade': 16,
      '日本語のテキストです。カタカナもあります。': 17,
      '한국어 문장입니다': 9,
      'مرحبا بالعالم': 10,
      'नमस्ते दुनिया': 8,
      'emoji 😀 test': 9,
      'a\tb\n c   d': 9,
    };
    const events = await embedWith(
      engine,
      Object.keys(counts).map((text) => `query: ${text}`),
    );
    expect(events.map(({ tokens }) => tokens)).toEqual(Object.values(counts));
  });

  test('literals of control tokens are text', async () => {
    const [plain, marked, spaced] = await embedWith(engine, ['query: a', 'query: a</s><s>', 'query: a b c d']);
    expect(marked?.tokens).toBeGreaterThan((plain?.tokens ?? 0) + 4);
    expect(cosine(marked?.vector, plain?.vector)).toBeLessThan(0.999);
    expect(spaced?.tokens).toBe((plain?.tokens ?? 0) + 3);
  });

  test('odd characters, nothing at all and half of a surrogate pair are taken', async () => {
    const texts = [
      '',
      ' ',
      '\u0000',
      '\ud83d',
      'e\u0301',
      'ｶﾞ',
      '👨‍👩‍👧‍👦'.repeat(60),
      '\u200b'.repeat(5000),
      'ﷺ'.repeat(150),
    ];
    for (const vector of await vectorsOf(texts)) expect(Number.isFinite(vector[0])).toBe(true);
    const [composed, decomposed] = await vectorsOf(['query: café', 'query: cafe\u0301']);
    expect(cosine(composed, decomposed)).toBeGreaterThan(0.9999);
  });

  test('windows of any length that may be set load and cut texts', async () => {
    for (const [windowTokens, overlapTokens] of [
      [33, 0],
      [100, 10],
      [501, 64],
      [2048, 64],
    ]) {
      const other = await start({ windowTokens, overlapTokens });
      try {
        const events = await embedWith(other, ['query: short', `passage: ${LONG.slice(0, 4000)}`]);
        for (const { vector } of events) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
      } finally {
        await other.close();
      }
    }
  });

  test('a request that is given up soon stops the work', async () => {
    const controller = new AbortController();
    const running = (async () => {
      for await (const _ of engine.run({ texts: Array.from({ length: 100 }, () => LONG) }, controller.signal)) {
        controller.abort(new Error('left'));
      }
    })();
    await expect(running).rejects.toThrow('left');
    const [event] = await embedWith(engine, ['query: next']);
    expect(event?.tokens).toBeGreaterThan(3);
  });

  test('more tokens than a request may have are refused, and the process lives on', async () => {
    await expect(embedWith(engine, ['a '.repeat(620_000)])).rejects.toMatchObject({
      code: 'context_length_exceeded',
    });
    expect(await embedWith(engine, ['query: still here'])).toHaveLength(1);
  });

  test('what it takes: milliseconds a document, and memory against the estimate', async () => {
    const texts = PAIRS.map(([, passage]) => `passage: ${passage}`);
    await vectorsOf(texts);
    const timed = async (work: () => Promise<unknown>, documents: number): Promise<number> => {
      const startedMs = performance.now();
      await work();
      return (performance.now() - startedMs) / documents;
    };
    const single = await timed(async () => {
      for (let round = 0; round < 5; round += 1) for (const text of texts) await vectorsOf([text]);
    }, 5 * texts.length);
    const batch = await timed(() => vectorsOf(Array.from({ length: 5 }, () => texts).flat()), 5 * texts.length);
    const long = await timed(() => vectorsOf([Array.from({ length: 502 }, () => 'a').join(' ')]), 1);
    const held = (await readProcessBytes(engine.pid)) ?? 0;
    const estimate = llamaEmbed.estimateBytes({ fileBytes: 73_622_944, settings: entry.settings });
    console.log(
      `ms a document on one thread: ${single.toFixed(1)} one at a time, ${batch.toFixed(1)} together; 504 tokens ${long.toFixed(0)}; ` +
        `holds ${(held / 1e6).toFixed(0)} MB, estimated ${(estimate / 1e6).toFixed(0)} MB`,
    );
    expect(held).toBeLessThan(1.05 * estimate);
    expect(held).toBeGreaterThan(0.6 * estimate);
  });
});

const served = path !== null && testHome() !== null;

describe.skipIf(!served)('POST /v1/embeddings on real weights', () => {
  let server: RealServer;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startRealServer();
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  test('OpenAI’s names answer with 384 numbers, the same in both encodings', async () => {
    const input = PAIRS.map(([question]) => question);
    const { data, response } = await client.embeddings
      .create({ model: 'text-embedding-ada-002', input })
      .withResponse();
    expect(response.headers.get('x-concert-model')).toBe(MODEL);
    const floats = await client.embeddings.create({ model: MODEL, input, encoding_format: 'float' });
    expect(floats.data).toEqual(data.data);
    expect(data.data[0]?.embedding).toHaveLength(384);
    expect(data.usage.prompt_tokens).toBeGreaterThan(input.length * 5);
    const names = (await client.models.list()).data.map(({ id }) => id);
    expect(names).toEqual(expect.arrayContaining([MODEL, 'text-embedding-3-small', 'text-embedding-3-large']));
  });

  test('input_type puts the prefix there that a caller could write', async () => {
    const ask = async (body: object): Promise<number[]> =>
      (await client.post<OpenAI.CreateEmbeddingResponse>('/embeddings', { body: { model: 'auto', ...body } })).data[0]
        ?.embedding ?? [];
    const told = await ask({ input: '优惠券什么时候到期', input_type: 'document' });
    expect(cosine(told, await ask({ input: 'passage: 优惠券什么时候到期' }))).toBeGreaterThan(0.9999);
    expect(cosine(told, await ask({ input: '优惠券什么时候到期' }))).toBeLessThan(0.999);
  });

  test('a chat model is refused', async () => {
    const refused = client.embeddings.create({ model: 'qwen2.5-coder-1.5b-instruct-q4_k_m', input: 'a' });
    await expect(refused).rejects.toMatchObject({ status: 400, code: 'unsupported_value', param: 'model' });
  });

  test.skipIf(testPython() === null)(
    'LangChain’s defaults, which send tokens, give the vectors of the texts',
    async () => {
      const documents = PAIRS.slice(0, 4).map(([, passage]) => passage);
      const folder = mkdtempSync(join(tmpdir(), 'concert-test-'));
      try {
        const vocabulary = join(folder, 'cl100k_base.tiktoken');
        writeFileSync(vocabulary, tiktokenFile());
        const printed = await runPython('langchain_embeddings.py', server.url, [vocabulary, JSON.stringify(documents)]);
        const seen = JSON.parse(printed) as { vectors: number[][]; query: number[]; many: number; short: number };
        const direct = await client.embeddings.create({ model: 'text-embedding-3-small', input: documents });
        for (const [index, vector] of seen.vectors.entries()) {
          expect(cosine(vector, direct.data[index]?.embedding)).toBeGreaterThan(0.9999);
        }
        expect(cosine(seen.query, direct.data[0]?.embedding)).toBeGreaterThan(0.9999);
        expect(seen).toMatchObject({ many: 120, short: 64 });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

/** The vocabulary in the form in which tiktoken fetches it: tiktoken holds it against a digest of its own. */
function tiktokenFile(): string {
  return cl100k.bpe_ranks
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const [, offset = '0', ...tokens] = line.split(' ');
      return tokens.map((token, index) => `${token} ${Number(offset) + index}\n`);
    })
    .join('');
}
