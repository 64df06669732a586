import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeOnnxMetadata } from './onnx/append-metadata.ts';
import { runImport } from './piper-vits.ts';

const folder = mkdtempSync(join(tmpdir(), 'concert-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VOICE = {
  audio: { sample_rate: 22_050, quality: 'medium' },
  espeak: { voice: 'en-us' },
  language: { name_english: 'English' },
  num_speakers: 1,
  phoneme_id_map: { ' ': [3], _: [0], ˈ: [120], a: [14] },
};

async function imported(voice: unknown): Promise<{ model: Buffer; tokens: string }> {
  const path = (name: string): string => join(folder, name);
  rmSync(path('v.onnx'), { force: true });
  writeFileSync(path('v.onnx'), 'weights');
  // As the store keeps them.
  chmodSync(path('v.onnx'), 0o444);
  writeFileSync(path('v.onnx.json'), JSON.stringify(voice));
  await runImport({
    inputs: { 'v.onnx': path('v.onnx'), 'v.onnx.json': path('v.onnx.json') },
    outputs: { 'v.sherpa.onnx': path('v.sherpa.onnx'), 'v.tokens.txt': path('v.tokens.txt') },
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return { model: readFileSync(path('v.sherpa.onnx')), tokens: readFileSync(path('v.tokens.txt'), 'utf8') };
}

test('the model is the published one with the metadata sherpa-onnx reads at its end', async () => {
  const { model } = await imported(VOICE);
  const metadata = encodeOnnxMetadata({
    model_type: 'vits',
    comment: 'piper',
    language: 'English',
    voice: 'en-us',
    has_espeak: '1',
    n_speakers: '1',
    sample_rate: '22050',
  });
  expect(model.equals(Buffer.concat([Buffer.from('weights'), metadata]))).toBe(true);
});

test('the phoneme table has a line for each symbol, in the order of the ids', async () => {
  expect((await imported(VOICE)).tokens).toBe('_ 0\n  3\na 14\nˈ 120\n');
});

test('a voice that cannot be used is refused, and the message says why', async () => {
  await expect(imported({ ...VOICE, audio: {} })).rejects.toThrow(/sample_rate/);
  await expect(imported({ ...VOICE, phoneme_id_map: { ab: [1] } })).rejects.toThrow(/"ab"/);
  await expect(imported({ ...VOICE, phoneme_type: 'text' })).rejects.toThrow(/phoneme_type/);
});
