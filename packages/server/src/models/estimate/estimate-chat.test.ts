import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { llamaCpp } from '../../engines/llama-cpp/definition.ts';
import { silentLog } from '../../shared/log.ts';
import { CatalogueEntry } from '../catalogue/catalogue-schema.ts';
import { catalogueOf } from '../catalogue/catalogue.ts';
import { type ChatShape, kvBytesPerToken, shapeOfGguf } from './chat-shape.ts';
import { completeCatalogue, completeSettings } from './complete-settings.ts';
import { type ChatLoad, estimateChat, totalOfParts } from './estimate-chat.ts';
import { parseGgufHeader, readGgufHeader } from './gguf-header.ts';
import { shapeOfHfModel } from './hf-model.ts';
import { parseSafetensors, readSafetensors } from './safetensors.ts';
import { ggufHeader, TINY_LLAMA, u64 } from './test-gguf.ts';

const GB = 1e9;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'estimate-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** AutoGLM-Phone-9B as its config.json describes it; encoder and language model in sixteen bits. */
const AUTOGLM: ChatShape = {
  weightBytes: 18.8 * GB,
  encoderBytes: 1.8 * GB,
  hiddenSize: 4096,
  feedForwardSize: 13_696,
  attentionHeads: 32,
  kvHeads: Array.from({ length: 40 }, () => 2),
  keyLength: 128,
  valueLength: 128,
  vocabularyTokens: 151_552,
  contextTokens: 65_536,
};
const load = (changes: Partial<ChatLoad>): ChatLoad => ({
  shape: AUTOGLM,
  sequences: 1,
  tokensPerSequence: 25_480,
  kvType: 'bf16',
  gpus: 1,
  batchTokens: 2048,
  pictureTokens: 6_400,
  ...changes,
});

describe('keys and values', () => {
  test('of AutoGLM take 40,960 bytes a token, about a gibibyte for its longest conversation', () => {
    expect(kvBytesPerToken(AUTOGLM, 'bf16')).toBe(40_960);
    expect(estimateChat(load({})).kv / 2 ** 30).toBeCloseTo(0.972, 2);
  });

  test('are halved by two GPUs, but not quartered by four, because it has two heads', () => {
    expect([1, 2, 3, 4].map((gpus) => kvBytesPerToken(AUTOGLM, 'bf16', gpus))).toEqual([
      40_960, 20_480, 20_480, 20_480,
    ]);
  });

  test('are smaller in eight bits', () => {
    expect(kvBytesPerToken(AUTOGLM, 'q8_0') / 40_960).toBeCloseTo(34 / 64);
  });

  test('of layers that cache nothing take nothing', () => {
    expect(kvBytesPerToken({ ...AUTOGLM, kvHeads: [2, 0, 0, 2] }, 'f16')).toBe(2 * 2 * 256 * 2);
  });
});

test('every GPU holds the picture encoder whole, and its share of the rest', () => {
  const [one, two] = [estimateChat(load({ gpus: 1 })), estimateChat(load({ gpus: 2 }))];
  expect(two.weights).toBe(one.weights / 2);
  expect(two.encoder).toBe(one.encoder);
  expect(one.encoder).toBeGreaterThan(AUTOGLM.encoderBytes);
});

test('AutoGLM does not fit one card of 24 GB with its whole context, but two of them (Open-AutoGLM#2)', () => {
  const usable = 24 * GB * 0.95;
  expect(totalOfParts(estimateChat(load({ gpus: 1 })))).toBeGreaterThan(usable);
  expect(totalOfParts(estimateChat(load({ gpus: 2, sequences: 4 })))).toBeLessThan(usable);
});

test('a GGUF model has the shape that its keys say', () => {
  const bytes = ggufHeader(TINY_LLAMA, [{ name: 't', shape: [64], type: 2, offset: 0 }]);
  const header = parseGgufHeader(bytes, bytes.length + 4096);
  if (header === null) throw new Error('the header is whole');
  const shape = shapeOfGguf(header);
  expect(shape).toEqual({
    weightBytes: 36,
    encoderBytes: 0,
    hiddenSize: 512,
    feedForwardSize: 1024,
    attentionHeads: 8,
    kvHeads: [2, 2],
    keyLength: 64,
    valueLength: 64,
    vocabularyTokens: 3,
    contextTokens: 4096,
  });
  expect(kvBytesPerToken(shape, 'f16')).toBe(2 * 2 * 128 * 2);
  const encoder = { ...header, architecture: 'clip' };
  expect(() => shapeOfGguf(encoder)).toThrow(/no chat model/);
});

/** Writes a safetensors file of these tensors, by name and bytes. */
async function writeSafetensors(name: string, tensors: Record<string, number>): Promise<string> {
  let at = 0;
  const entries = Object.entries(tensors).map(([key, bytes]) => {
    const entry = [key, { dtype: 'BF16', shape: [bytes / 2], data_offsets: [at, at + bytes] }] as const;
    at += bytes;
    return entry;
  });
  const json = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) }));
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([u64(json.length), json, Buffer.alloc(at)]));
  return path;
}

const TEXT_CONFIG = {
  hidden_size: 4096,
  num_hidden_layers: 40,
  num_attention_heads: 32,
  num_key_value_heads: 2,
  intermediate_size: 13_696,
  vocab_size: 151_552,
  max_position_embeddings: 65_536,
};

async function writeConfig(values: unknown): Promise<string> {
  const path = join(folder, 'config.json');
  await writeFile(path, JSON.stringify(values));
  return path;
}

describe('a model in Hugging Face’s layout', () => {
  test.each([
    ['beside each other', { ...TEXT_CONFIG, vision_config: { depth: 24 } }],
    ['in a part of its own', { hidden_size: 1, text_config: TEXT_CONFIG, vision_config: { depth: 24 } }],
  ])('is read from its shards, whether the numbers of text and pictures lie %s', async (_where, values) => {
    const shards = [
      await writeSafetensors('model-1.safetensors', { 'model.visual.blocks.0.w': 200, 'model.layers.0.w': 600 }),
      await writeSafetensors('model-2.safetensors', { 'lm_head.weight': 400, 'visual.merger.w': 20 }),
    ];
    const shape = await shapeOfHfModel(await writeConfig(values), shards);
    expect([shape.weightBytes, shape.encoderBytes]).toEqual([1000, 220]);
    expect(kvBytesPerToken(shape, 'bf16')).toBe(40_960);
  });

  test('gives the launched engines what they ask for', async () => {
    const paths = {
      'config.json': await writeConfig(TEXT_CONFIG),
      'model.safetensors': await writeSafetensors('model.safetensors', { 'visual.w': 200, 'model.w': 600 }),
    };
    expect(await completeSettings({ engine: 'vllm', settings: { kvHeads: 4 } }, paths)).toEqual({
      weightsBytes: 800,
      replicatedBytes: 200,
      kvBytesPerToken: 40_960,
      attentionHeads: 32,
      kvHeads: 4,
    });
  });

  test('is refused with a sentence when its configuration describes no language model', async () => {
    const path = await writeConfig({ model_type: 'vits', hidden_size: -1 });
    await expect(shapeOfHfModel(path, [])).rejects.toThrow(/no language model: hidden_size, num_hidden_layers/);
  });
});

describe('a damaged safetensors file is refused', () => {
  test.each([
    ['a tensor behind the end', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4096]}}', /cut off/],
    ['a tensor that ends before it begins', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}', /outside/],
    ['negative offsets', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[-8,4]}}', /described/],
    ['no JSON', '{"a":', /no JSON/],
    ['no object', '7', /no object/],
  ])('%s', (_name, text, message) => {
    expect(() => parseSafetensors(text, 100)).toThrow(message);
  });

  test('whose header claims more than the file has', async () => {
    const path = join(folder, 'cut.safetensors');
    await writeFile(path, Buffer.concat([u64(2n ** 62n), Buffer.from('{}')]));
    await expect(readSafetensors(path)).rejects.toThrow(/claims/);
  });
});

describe('settings that only the estimate reads', () => {
  const path = (): string => join(folder, 'any.gguf');
  beforeAll(async () => {
    await writeFile(path(), Buffer.concat([ggufHeader(TINY_LLAMA), Buffer.alloc(64)]));
  });

  test('are taken from the header of a GGUF that the catalogue does not know, and the engine takes them', async () => {
    const settings = await completeSettings(
      { engine: 'llama-cpp', settings: { maxSequences: 2 } },
      { 'any.gguf': path() },
    );
    expect(settings).toEqual({ maxSequences: 2, kvBytesPerToken: 1024, vocabularyTokens: 3 });
    const fewer = llamaCpp.estimateBytes({ fileBytes: 1e6, settings: { ...settings, maxSequences: 1 } });
    expect(llamaCpp.estimateBytes({ fileBytes: 1e6, settings }) - fewer).toBeCloseTo(4096 * 1024, -3);
  });

  test('are not touched where another engine has none', async () => {
    expect(await completeSettings({ engine: 'vits', settings: { a: 1 } }, { 'any.onnx': 'x' })).toEqual({ a: 1 });
  });

  test('are completed in the catalogue for models whose files are here, and a broken file stops nothing', async () => {
    const entry = (id: string, name: string): CatalogueEntry =>
      CatalogueEntry.parse({
        id,
        task: 'chat',
        engine: 'llama-cpp',
        title: id,
        licence: 'MIT',
        input: ['text'],
        files: [
          { name, bytes: 1, sha256: null, sources: [{ kind: 'huggingface', repo: 'a', revision: 'b', path: 'c' }] },
        ],
      });
    await writeFile(join(folder, 'broken.gguf'), 'GGUF');
    const warned: string[] = [];
    const completed = await completeCatalogue({
      catalogue: catalogueOf([entry('a', 'any.gguf'), entry('b', 'absent.gguf'), entry('c', 'broken.gguf')]),
      store: {
        model: (id) => Promise.resolve({ loads: completedNames[id]?.map((name) => ({ name })) ?? [] } as never),
        modelPath: (_id, name) => join(folder, name),
      },
      log: { ...silentLog, warn: (_fields, message) => warned.push(message) },
    });
    expect(completed.get('a').settings).toEqual({ kvBytesPerToken: 1024, vocabularyTokens: 3 });
    expect(completed.get('b').settings).toEqual({});
    expect(completed.get('c').settings).toEqual({});
    expect(warned).toHaveLength(1);
  });
});

const completedNames: Record<string, string[]> = { a: ['any.gguf'], b: ['absent.gguf'], c: ['broken.gguf'] };

test('a header is read from a file without reading the file', async () => {
  const path = join(folder, 'large.gguf');
  const header = ggufHeader(TINY_LLAMA);
  await writeFile(path, Buffer.concat([header, Buffer.alloc(20 * 2 ** 20)]));
  expect((await readGgufHeader(path)).vocabularyTokens).toBe(3);
});
