import { expect, test } from 'vitest';
import type { LoadProgress } from '../engine-process.ts';
import { FailureFinder, LoadFollower } from './log-rules.ts';
import { countOomKills } from './oom-kills.ts';
import { plainReason } from './plain-reason.ts';

const RULES = [
  { pattern: /shards:\s+(\d+)% Completed/, stage: 'loading weights', from: 0.1, to: 0.6 },
  { pattern: /Loading weights took/, stage: 'weights loaded', from: 0.62 },
];

test('progress follows the log and never goes back, though several workers tell of it', () => {
  const told: LoadProgress[] = [];
  const follower = new LoadFollower(RULES, (progress) => told.push(progress));
  for (const line of [
    'INFO nothing of interest',
    'Loading safetensors checkpoint shards:   0% Completed | 0/5 [00:00<?, ?it/s]',
    'Loading safetensors checkpoint shards:  40% Completed | 2/5 [00:00<00:00,  4.21it/s]',
    'Loading safetensors checkpoint shards:  20% Completed | 1/5 [00:00<00:00,  4.21it/s]',
    'Loading safetensors checkpoint shards: 100% Completed | 5/5 [00:00<00:00,  4.21it/s]',
    '(Worker_TP0 pid=1) INFO 11-22 17:00:00 [default_loader.py:308] Loading weights took 3.02 seconds',
    '(Worker_TP1 pid=2) INFO 11-22 17:00:00 [default_loader.py:308] Loading weights took 3.41 seconds',
  ]) {
    follower.read(line);
  }
  expect(told).toEqual([
    { stage: 'loading weights', fraction: 0.1 },
    { stage: 'loading weights', fraction: 0.3 },
    { stage: 'loading weights', fraction: 0.6 },
    { stage: 'weights loaded', fraction: 0.62 },
  ]);
});

test.each([
  'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.16 GiB. GPU 0 has a total capacity of 23.52 GiB',
  'ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine.',
  'ValueError: Free memory on device (18.3/23.52 GiB) on startup is less than desired GPU memory utilization (0.9, 21.17 GiB).',
  "ValueError: To serve at least one request with the models's max seq len (40960), (10.00 GiB KV cache is needed, which is larger than the available KV cache memory (1.25 GiB).",
  "ValueError: The model's max seq len (131072) is larger than the maximum number of tokens that can be stored in KV cache (93760).",
  'RuntimeError: Not enough memory. Please try to increase --mem-fraction-static.',
  'ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4096.00 MiB on device 0: cudaMalloc failed: out of memory',
  'llama_init_from_model: failed to initialize the context: failed to allocate buffer for kv cache',
])('too little memory is known from: %s', (line) => {
  const failure = new FailureFinder();
  failure.read('RuntimeError: something before');
  failure.read(line);
  expect(failure.outOfMemory).toBe(line);
  expect(failure.error).toBe(line);
});

test('the first error is the reason, and a taken port is told apart', () => {
  const failure = new FailureFinder();
  for (const line of [
    'INFO loading',
    'OSError: [Errno 98] Address already in use',
    'RuntimeError: Engine core initialization failed. See root cause above.',
  ]) {
    failure.read(line);
  }
  expect(failure.error).toBe('OSError: [Errno 98] Address already in use');
  expect([failure.bindFailed, failure.outOfMemory]).toEqual([true, null]);
});

test('processes that the kernel killed for want of memory are counted', async () => {
  const vmstat = 'nr_free_pages 1\noom_kill 17\noom_kill_other 5\n';
  expect(await countOomKills(() => Promise.resolve(vmstat))).toBe(process.platform === 'linux' ? 17 : 0);
  expect(await countOomKills(() => Promise.resolve(null))).toBe(0);
});

test('what callers are shown has no colours, prefixes, paths or keys', () => {
  expect(
    plainReason(
      '\u001b[1;36m(EngineCore_DP0 pid=164)\u001b[0;0m ERROR 01-23 15:48:47 [core.py:866] ValueError: no config in /srv/models/x and C:\\models\\y',
    ),
  ).toBe('ValueError: no config in … and …');
  expect(plainReason('refused: Authorization: Bearer abc123')).toBe('refused: Authorization: Bearer …');
  expect(plainReason('\n\nsecond\nthird')).toBe('second');
  expect(plainReason('x'.repeat(1_000))).toHaveLength(240);
});
