import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TINY, TINY_CONFIG, TINY_VOCABULARY, tinyModel } from './ct2-whisper/test-whisper.ts';
import { quantiseRows } from './ct2-whisper/whisper-weights.ts';
import { runImport } from './ct2-whisper.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ct2-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Files {
  readonly model?: Buffer;
  readonly vocabulary?: string;
  readonly config?: string;
  readonly signal?: AbortSignal;
}

async function imported(files: Files = {}, into = ''): Promise<Record<'encoder' | 'decoder' | 'tokens', string>> {
  const inputs = {
    'model.bin': join(folder, 'model.bin'),
    'vocabulary.txt': join(folder, 'vocabulary.txt'),
    'config.json': join(folder, 'config.json'),
  };
  await writeFile(inputs['model.bin'], files.model ?? tinyModel());
  await writeFile(inputs['vocabulary.txt'], files.vocabulary ?? `${TINY_VOCABULARY.join('\n')}\n`);
  await writeFile(inputs['config.json'], files.config ?? JSON.stringify(TINY_CONFIG));
  const made = {
    encoder: join(folder, `${into}encoder.int8.onnx`),
    decoder: join(folder, `${into}decoder.int8.onnx`),
    tokens: join(folder, `${into}tokens.txt`),
  };
  await runImport({
    inputs,
    outputs: {
      'tiny-encoder.int8.onnx': made.encoder,
      'tiny-decoder.int8.onnx': made.decoder,
      'tiny-tokens.txt': made.tokens,
    },
    signal: files.signal ?? new AbortController().signal,
    onProgress: () => undefined,
  });
  return made;
}

type Feeds = Record<string, Tensor>;

function zeros(dims: readonly number[]): Tensor {
  return new Tensor('float32', new Float32Array(dims.reduce((product, size) => product * size, 1)), dims);
}

async function heard(encoder: string): Promise<Feeds> {
  const session = await InferenceSession.create(encoder);
  const frames = 20;
  const mel = new Tensor(
    'float32',
    Float32Array.from({ length: TINY.mels * frames }, (_, index) => Math.sin(index)),
    [1, TINY.mels, frames],
  );
  return (await session.run({ mel })) as Feeds;
}

async function decoded(
  session: InferenceSession,
  cross: Feeds,
  tokens: readonly number[],
  state: Feeds,
): Promise<Feeds> {
  return (await session.run({
    tokens: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
    in_n_layer_self_k_cache: state['k'] as Tensor,
    in_n_layer_self_v_cache: state['v'] as Tensor,
    offset: state['offset'] as Tensor,
    n_layer_cross_k: cross['n_layer_cross_k'] as Tensor,
    n_layer_cross_v: cross['n_layer_cross_v'] as Tensor,
  })) as Feeds;
}

function stateAt(offset: number, last: Feeds = {}): Feeds {
  const dims = [TINY.layers, 1, TINY.textContext, TINY.state];
  return {
    k: last['out_n_layer_self_k_cache'] ?? zeros(dims),
    v: last['out_n_layer_self_v_cache'] ?? zeros(dims),
    offset: new Tensor('int64', BigInt64Array.of(BigInt(offset)), [1]),
  };
}

test('the imported encoder gives keys and values for every layer, at half the frames', async () => {
  const cross = await heard((await imported()).encoder);
  expect(cross['n_layer_cross_k']?.dims).toEqual([TINY.layers, 1, 10, TINY.state]);
  expect(cross['n_layer_cross_v']?.dims).toEqual([TINY.layers, 1, 10, TINY.state]);
});

test('the imported decoder says the same token by token as at once', async () => {
  const { encoder, decoder } = await imported();
  const cross = await heard(encoder);
  const session = await InferenceSession.create(decoder);
  const tokens = [5, 6, 9, 0];
  const atOnce = await decoded(session, cross, tokens, stateAt(0));
  expect(atOnce['logits']?.dims).toEqual([1, tokens.length, TINY_VOCABULARY.length]);
  let last: Feeds = {};
  for (const [index, token] of tokens.entries()) last = await decoded(session, cross, [token], stateAt(index, last));
  const whole = (atOnce['logits'] as Tensor).data.slice(-TINY_VOCABULARY.length) as Float32Array;
  const stepped = (last['logits'] as Tensor).data as Float32Array;
  expect(new Set(whole).size).toBeGreaterThan(5);
  // Activations are quantised for all tokens of a run together, so the results differ a little.
  for (const [index, value] of whole.entries()) expect(stepped[index]).toBeCloseTo(value, 1);
});

test('where the alignment heads are known, the decoder tells what each of them looks at', async () => {
  const alignment_heads = [
    [1, 1],
    [0, 0],
    [1, 0],
  ];
  const { encoder, decoder } = await imported({ config: JSON.stringify({ ...TINY_CONFIG, alignment_heads }) });
  const cross = await heard(encoder);
  const session = await InferenceSession.create(decoder);
  expect(session.outputNames.at(-1)).toBe('cross_attention_weights');
  const { cross_attention_weights: looks, logits } = await decoded(session, cross, [5, 6, 9], stateAt(0));
  expect(looks?.dims).toEqual([1, alignment_heads.length, 3, 10]);
  expect(new Set(looks?.data as Float32Array).size).toBeGreaterThan(50);
  const plain = await InferenceSession.create((await imported({}, 'plain-')).decoder);
  expect(plain.outputNames).toHaveLength(3);
  expect((await decoded(plain, cross, [5, 6, 9], stateAt(0)))['logits']?.data).toEqual(logits?.data);
});

test('alignment heads that the model does not have are refused', async () => {
  const config = JSON.stringify({ ...TINY_CONFIG, alignment_heads: [[TINY.layers, 0]] });
  await expect(imported({ config })).rejects.toThrow('alignment heads that model.bin does not have');
});

test('two imports give the same bytes', async () => {
  const first = await imported();
  const second = await imported({}, 'again-');
  for (const name of ['encoder', 'decoder', 'tokens'] as const) {
    expect(Buffer.compare(await readFile(first[name]), await readFile(second[name]))).toBe(0);
  }
});

test('tokens are written as base64 of their bytes', async () => {
  const { tokens } = await imported();
  const base64 = (value: string): string => Buffer.from(value).toString('base64');
  expect(await readFile(tokens, 'utf8')).toBe(`${base64('a')} 0\n${base64(' ')} 1\n${base64('é')} 2\n= 3\n`);
});

test('a cut file is told from a whole one, wherever it is cut', async () => {
  const whole = tinyModel();
  for (const length of [0, 3, 10, 30, 200, whole.length >> 1, whole.length - 1]) {
    await expect(imported({ model: whole.subarray(0, length) })).rejects.toThrow(
      'model.bin is cut short; pull the model again',
    );
  }
});

test('corrupt files are refused with what is wrong with them', async () => {
  const changed = (at: number, value: number): Buffer => {
    const model = tinyModel();
    model[at] = value;
    return model;
  };
  await expect(imported({ model: changed(0, 7) })).rejects.toThrow('CTranslate2 version 7');
  await expect(imported({ model: changed(6, 'X'.charCodeAt(0)) })).rejects.toThrow('not a Whisper model');
  await expect(imported({ model: Buffer.concat([tinyModel(), Buffer.of(0)]) })).rejects.toThrow(
    '1 bytes follow its end',
  );
  const at = tinyModel().indexOf('encoder/conv1/bias') + 'encoder/conv1/bias\0'.length + 1;
  await expect(imported({ model: changed(at, TINY.state + 1) })).rejects.toThrow('which its dimensions 9 do not give');
  await expect(imported({ model: changed(at + 4, 9) })).rejects.toThrow('unknown type 9');
});

test('a vocabulary or configuration of another model is refused', async () => {
  await expect(imported({ vocabulary: 'a\nb\n' })).rejects.toThrow('they belong to different models');
  await expect(imported({ config: '{}' })).rejects.toThrow('config.json is not that of a CTranslate2 Whisper model');
  await expect(imported({ config: JSON.stringify({ ...TINY_CONFIG, lang_ids: [0] }) })).rejects.toThrow(
    'calls token 0 a language',
  );
});

test('an aborted signal stops the import with its reason', async () => {
  const reason = new Error('stop');
  await expect(imported({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('quantised rows keep their values within half a step, and rows of zeros stay zero', () => {
  const { transposed, scales } = quantiseRows(Float32Array.of(0.5, -1, 0.25, 0, 0, 0), 2, 3);
  const values = new Int8Array(transposed.buffer);
  expect(Array.from(values)).toEqual([64, 0, -127, 0, 32, 0]);
  expect((values[2] as number) * (scales[0] as number)).toBeCloseTo(-1, 6);
});

test('weights that are no numbers are refused', () => {
  expect(() => quantiseRows(Float32Array.of(1, Number.NaN), 1, 2)).toThrow('a weight is not a number');
});
