import { expect, test } from 'vitest';
import { parseBatchedBench } from './batched-bench.ts';

test('the figures are found among what else the program prints', () => {
  const line =
    '{"n_kv_max": 2048, "pp": 58, "tg": 48, "pl": 16, "n_kv": 1696, "t_pp": 2.5, "t_tg": 4, "speed_tg": 192}';
  expect(parseBatchedBench(`main: warming up\n\n${line}\n{"other": 1}\n`)).toEqual([
    { streams: 16, promptSeconds: 2.5, decodeSeconds: 4, seconds: 6.5, tokens: 48 },
  ]);
});

test('a program that tells nothing is said to', () => {
  expect(() => parseBatchedBench('error: no such file')).toThrow('told no figures');
});
