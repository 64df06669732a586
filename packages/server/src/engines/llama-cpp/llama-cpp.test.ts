import { expect, test } from 'vitest';
import type { Gpu } from '../../machine/machine.ts';
import { llamaCpp, placementsOf } from './definition.ts';
import { answerLimit, ggufPath, parseSettings } from './engine.ts';
import { NativeLog } from './native-log.ts';
import { firstDifference } from './native-structs.ts';
import { gpuPackageAdvice, gpuPackages, installedPackage, pickLibraries, platformPackage } from './platform-package.ts';
import { LlamaCppSettings, poolTokensOf } from './settings.ts';
import { largest, samplerSeed } from './token-sampler.ts';
import { TokenPenalties } from './token-penalties.ts';

test('every sequence has its own room; a shared pool holds all of them, at most 16,384 tokens and at least one whole sequence', () => {
  const shared = { kvUnified: true };
  expect(poolTokensOf(LlamaCppSettings.parse({ ...shared, maxSequences: 2, maxSequenceTokens: 1000 }))).toBe(2000);
  expect(poolTokensOf(LlamaCppSettings.parse(shared))).toBe(16_384);
  expect(poolTokensOf(LlamaCppSettings.parse({ ...shared, maxSequenceTokens: 32_768 }))).toBe(32_768);
  expect(poolTokensOf(LlamaCppSettings.parse({}))).toBe(65_536);
});

test('wrong settings are refused by name', () => {
  expect(() => parseSettings({ modelId: 'm', settings: { maxSequence: 3 } })).toThrow(/maxSequence/);
  expect(() => parseSettings({ modelId: 'm', settings: { kvUnified: true, poolTokens: 100 } })).toThrow(
    /poolTokens must be at least/,
  );
  expect(() => parseSettings({ modelId: 'm', settings: { kvUnified: false, poolTokens: 9000 } })).toThrow(
    /without kvUnified/,
  );
});

test('an answer may fill the context, and what does not fit is refused with both counts', () => {
  expect(answerLimit(100, null, 4096)).toBe(3996);
  expect(answerLimit(4000, 96, 4096)).toBe(96);
  expect(() => answerLimit(4000, 97, 4096)).toThrow(/4096 tokens.*4000.*97/);
  expect(() => answerLimit(4096, null, 4096)).toThrow(/4096/);
});

test('the memory estimate grows with the pool and shrinks with a smaller number format', () => {
  const bytes = (settings: Record<string, unknown>): number => llamaCpp.estimateBytes({ fileBytes: 1e9, settings });
  const base = bytes({ kvUnified: true, kvBytesPerToken: 30_000, poolTokens: 10_000 });
  expect(bytes({ kvUnified: true, kvBytesPerToken: 30_000, poolTokens: 20_000 }) - base).toBe(300_000_000);
  expect(base - bytes({ kvUnified: true, kvBytesPerToken: 30_000, poolTokens: 10_000, kvType: 'q8_0' })).toBe(
    140_625_000,
  );
});

test('libraries are found whatever their version and platform', () => {
  expect(
    pickLibraries([
      'libggml-cpu-zen4.so',
      'libllama-common.so',
      'libggml.v0.5.0.so',
      'libggml-base.so',
      'libllama.v0.5.0.so',
    ]),
  ).toEqual(['libggml-base.so', 'libggml.v0.5.0.so', 'libllama.v0.5.0.so']);
  expect(pickLibraries(['ggml-base.dll', 'ggml.dll', 'llama.dll'])).toEqual(['ggml-base.dll', 'ggml.dll', 'llama.dll']);
  expect(() => pickLibraries(['libggml.so'])).toThrow(/ggml-base/);
});

test('each machine has its package, or none', () => {
  expect(platformPackage('linux', 'arm64')).toBe('@node-llama-cpp/linux-arm64');
  expect(platformPackage('sunos', 'x64')).toBeNull();
});

test('with a GPU the CUDA package is taken where it is installed, else Vulkan’s, else a sentence says what to install', () => {
  const names = gpuPackages('linux', 'x64');
  expect(installedPackage(names, () => true)).toBe('@node-llama-cpp/linux-x64-cuda');
  expect(installedPackage(names, (name) => name.endsWith('vulkan'))).toBe('@node-llama-cpp/linux-x64-vulkan');
  expect(installedPackage(names, () => false)).toBeNull();
  expect(gpuPackages('darwin', 'arm64')).toEqual(['@node-llama-cpp/mac-arm64-metal']);
  expect(gpuPackageAdvice('linux', 'x64')).toMatch(/npm install @node-llama-cpp\/linux-x64-cuda@3/);
  expect(gpuPackageAdvice('linux', 'arm64')).toMatch(/no ready build/);
});

const GIB = 1024 ** 3;
const gpu = (index: number, freeBytes: number, unified = false): Gpu => ({
  id: `gpu:${index}`,
  index,
  uuid: null,
  vendor: 'nvidia',
  name: 'a GPU',
  totalBytes: 24 * GIB,
  freeBytes,
  driver: null,
  computeCapability: null,
  numaNode: null,
  unified,
});

test('a model lies on the GPU with most free memory, else in memory; without a build for GPUs or layers there, in memory only', () => {
  const model = { fileBytes: 4e9, settings: {} };
  const places = placementsOf(model, [gpu(0, 2 * GIB), gpu(1, 20 * GIB)], true);
  expect(places.map((place) => Object.keys(place))).toEqual([['gpu:1', 'ram'], ['gpu:0', 'ram'], ['ram']]);
  expect(places[0]?.['gpu:1']).toBeGreaterThan(4e9);
  expect(places[0]?.ram).toBeLessThan(1e9);
  expect(places[2]).toEqual({ ram: llamaCpp.estimateBytes(model) });
  expect(placementsOf(model, [gpu(0, 20 * GIB)], false)).toHaveLength(1);
  expect(placementsOf({ ...model, settings: { gpuLayers: 0 } }, [gpu(0, 20 * GIB)], true)).toHaveLength(1);
  expect(placementsOf(model, [gpu(0, 20 * GIB, true)], true)).toHaveLength(1);
});

test('what may be parked counts in the memory estimate', () => {
  const bytes = (parkedBytes: number): number => llamaCpp.estimateBytes({ fileBytes: 1e9, settings: { parkedBytes } });
  expect(bytes(1_000_000) - bytes(0)).toBe(1_000_000);
});

test('a default value other than the known one names its field', () => {
  expect(firstDifference({ a: 1, b: true }, { a: 1, b: true })).toBeNull();
  expect(firstDifference({ a: 1, b: false }, { b: true })).toBe('b');
});

test('only warnings, errors and their continuations are kept of the log', () => {
  const lines: string[] = [];
  const log = new NativeLog((line) => lines.push(line));
  log.receive(2, 'info');
  log.receive(5, ' more info');
  log.receive(4, 'failed to allocate\n');
  log.receive(5, 'more');
  log.receive(3, 'careful');
  expect(lines).toEqual(['failed to allocate\n', 'more', 'careful']);
  expect(log.takeErrors()).toEqual(['failed to allocate']);
  expect(log.takeErrors()).toEqual([]);
});

test('penalties lower what was written; only the repeat penalty looks at the prompt', () => {
  const counted = new TokenPenalties(
    { frequencyPenalty: 1, presencePenalty: 0.5, repeatPenalty: 1 },
    Int32Array.of(0),
    64,
  );
  counted.accept(2);
  counted.accept(2);
  const logits = Float32Array.of(4, 4, 4);
  counted.apply(logits);
  expect([...logits]).toEqual([4, 4, 1.5]);
  const repeated = new TokenPenalties(
    { frequencyPenalty: 0, presencePenalty: 0, repeatPenalty: 2 },
    Int32Array.of(0, 1),
    2,
  );
  repeated.accept(2);
  const others = Float32Array.of(4, 4, -4);
  repeated.apply(others);
  expect([...others]).toEqual([4, 2, -8]);
});

test('the largest of equal values is the first, and seeds stay in range', () => {
  expect(largest(Float32Array.of(1, 3, 3, 2))).toBe(1);
  for (let length = 1; length < 20; length++) {
    for (let place = 0; place < length; place++) {
      const values = new Float32Array(length).fill(-2).fill(-1, place);
      expect(largest(values)).toBe(place);
    }
  }
  // What is no number is never chosen.
  expect(largest(Float32Array.of(1, 2, 3, 4, 5, NaN, 7, 6, NaN))).toBe(6);
  expect(samplerSeed(0xffff_ffff)).toBe(0);
  expect(samplerSeed(-7)).toBe(7);
  expect(samplerSeed(null)).toBeLessThan(0xffff_ffff);
});

test('the GGUF file is found by its ending, the first part of a split one', () => {
  expect(ggufPath({ 'b-00002-of-00002.gguf': '/2', 'b-00001-of-00002.gguf': '/1', 'x.json': '/x' })).toBe('/1');
  expect(() => ggufPath({ 'x.json': '/x' })).toThrow(/\.gguf/);
});
