import { expect, test } from 'vitest';
import { testGpu } from './test-launch.ts';
import { llamaServer } from './llama-server.ts';
import { vllm } from './vllm.ts';

const HUB = {
  weightsBytes: 20_600_000_000,
  replicatedBytes: 1_800_000_000,
  kvBytesPerToken: 40_960,
  kvHeads: 2,
  attentionHeads: 32,
  maxSequences: 16,
  maxSequenceTokens: 25_480,
};

function placed(settings: Readonly<Record<string, unknown>>, gpus: Parameters<NonNullable<typeof vllm.placements>>[1]) {
  return vllm.placements?.({ fileBytes: 0, settings }, gpus) ?? [];
}

test('the central model is spread over two cards of 24 GB, with less cache where there is less room', () => {
  const ways = placed(HUB, [testGpu(0), testGpu(1)]);
  const each = ways.map((way) => way['gpu:0']);
  // Half the weights but the whole encoder, the driver and graphs, and half the cache of 16, 8, 4, 2 and 1 sequences.
  const fixed = 9_400_000_000 + 1_800_000_000 + 3_000_000_000;
  expect(each).toEqual([16, 8, 4, 2, 1].map((sequences) => fixed + (sequences * 25_480 * 40_960) / 2));
  expect(ways.every((way) => way['gpu:0'] === way['gpu:1'] && way.ram === 6_000_000_000)).toBe(true);
});

test('on one card of 24 GB the central model has no way to lie, on one of 80 GB it has', () => {
  expect(placed(HUB, [testGpu(0)])).toEqual([]);
  expect(placed(HUB, [testGpu(0, { totalBytes: 80_000_000_000 })])[0]).toEqual({
    ram: 4_500_000_000,
    'gpu:0': 20_600_000_000 + 3_000_000_000 + 16 * 25_480 * 40_960,
  });
});

test('more cards than heads of keys and values save nothing of the cache', () => {
  const [way] = placed(
    HUB,
    [0, 1, 2, 3].map((index) => testGpu(index)),
  );
  expect(Object.keys(way ?? {})).toEqual(['ram', 'gpu:0', 'gpu:1', 'gpu:2', 'gpu:3']);
  expect(way?.['gpu:3']).toBe(4_700_000_000 + 1_800_000_000 + 3_000_000_000 + (16 * 25_480 * 40_960) / 2);
});

test('a model lies on as many cards as divide its heads: three of them are used as two', () => {
  const ways = placed(
    { ...HUB, maxSequences: 1 },
    [0, 1, 2].map((index) => testGpu(index)),
  );
  expect(ways.map((way) => Object.keys(way).slice(1))).toEqual([
    ['gpu:0', 'gpu:1'],
    ['gpu:0', 'gpu:2'],
    ['gpu:1', 'gpu:2'],
  ]);
});

test('the number of cards can be set, and one card stays free for others', () => {
  const ways = placed({ ...HUB, weightsBytes: 9_000_000_000, maxSequences: 1, tensorParallel: 1 }, [
    testGpu(0),
    testGpu(1),
  ]);
  expect(ways.map((way) => Object.keys(way).slice(1))).toEqual([['gpu:0'], ['gpu:1']]);
});

test('cards that are too old, of other makers, or without memory of their own are not used', () => {
  const unsuitable = [
    testGpu(0, { computeCapability: '6.1' }),
    testGpu(1, { vendor: 'apple' }),
    testGpu(2, { unified: true }),
  ];
  expect(placed({ ...HUB, weightsBytes: 1_000_000_000 }, unsuitable)).toEqual([]);
});

test('asleep the weights lie in RAM and hardly anything on the cards', () => {
  const loaded = { ram: 6_000_000_000, 'gpu:0': 22_000_000_000, 'gpu:1': 22_000_000_000 };
  expect(vllm.sleepFootprint?.({ fileBytes: 0, settings: HUB }, loaded)).toEqual({
    ram: 6_000_000_000 + 20_600_000_000 + 1_800_000_000,
    'gpu:0': 2_200_000_000,
    'gpu:1': 2_200_000_000,
  });
  expect(vllm.sleepFootprint?.({ fileBytes: 0, settings: { ...HUB, listen: 'port' } }, loaded)).toBeNull();
});

test('a smaller try has half the context and half the sequences, down to where it is of no use', () => {
  expect(vllm.shrink?.(HUB)).toMatchObject({ maxSequences: 8, maxSequenceTokens: 12_740 });
  expect(vllm.shrink?.({ ...HUB, maxSequenceTokens: 2_000 })).toBeNull();
});

test('a GGUF model lies on one card, else over all, else in RAM', () => {
  const model = { fileBytes: 0, settings: { weightsBytes: 30_000_000_000, kvBytesPerToken: 40_960, maxSequences: 4 } };
  const cache = 4 * 4_096 * 40_960;
  const ways = llamaServer.placements?.(model, [testGpu(0), testGpu(1)]) ?? [];
  expect(ways.map((way) => way['gpu:0'] ?? null)).toEqual([(30_000_000_000 + cache) / 2 + 600_000_000, null]);
  expect(ways.at(-1)).toEqual({ ram: llamaServer.estimateBytes(model) });
});
