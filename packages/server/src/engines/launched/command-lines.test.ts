import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { llamaServerLaunch } from './llama-server.ts';
import { refuseArguments } from './refuse-arguments.ts';
import { sglangLaunch } from './sglang.ts';
import { testContext } from './test-launch.ts';
import { trtllmLaunch } from './trtllm.ts';
import { vllmLaunch } from './vllm.ts';

function catalogued(id: string): Record<string, unknown> {
  const text = readFileSync(new URL(`../../../catalogue/${id}.yaml`, import.meta.url), 'utf8');
  return (parse(text) as { settings: Record<string, unknown> }).settings;
}

/** The words of a command line that is written over several lines. */
function words(...lines: readonly string[]): string[] {
  return lines.join(' ').split(' ');
}

const SOCKET = { origin: 'http://localhost', socketPath: '/private/engine.sock', port: 0 };

test('vLLM runs the central model as its card asks, but for reading files of the machine', () => {
  const settings = { ...catalogued('autoglm-phone-9b'), maxSequences: 256, maxSequenceTokens: 25_480 };
  const { command, apiKey, sleeps } = vllmLaunch(testContext(settings, { address: SOCKET }));
  expect(command.file).toBe('vllm');
  expect(command.args).toEqual(
    words(
      'serve /models/hub',
      '--served-model-name hub',
      '--uds /private/engine.sock',
      '--tensor-parallel-size 2',
      '--distributed-executor-backend mp',
      '--enable-chunked-prefill',
      '--max-num-seqs 256',
      '--max-model-len 25480',
      '--gpu-memory-utilization 0.9',
      '--enable-prompt-tokens-details',
      '--disable-uvicorn-access-log',
      '--enable-sleep-mode',
      '--mm-encoder-tp-mode data',
      '--mm-processor-cache-type shm',
      '--mm-processor-kwargs {"max_pixels":5000000}',
      '--chat-template-content-format string',
      '--limit-mm-per-prompt {"image":10}',
    ),
  );
  expect(command.env).toEqual({
    VLLM_API_KEY: 'the-key',
    VLLM_SERVER_DEV_MODE: '1',
    VLLM_NO_USAGE_STATS: '1',
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: '0,1',
    HIP_VISIBLE_DEVICES: '0,1',
    HF_HUB_OFFLINE: '1',
    TRANSFORMERS_OFFLINE: '1',
    DO_NOT_TRACK: '1',
    NO_COLOR: '1',
    PYTHONUNBUFFERED: '1',
  });
  expect([apiKey, sleeps]).toEqual(['the-key', true]);
});

test('vLLM can be run as a Python module, on a port, on one GPU, with a parser and further arguments', () => {
  const { command } = vllmLaunch(
    testContext(
      {
        command: ['/venv/bin/python', '-m', 'vllm.entrypoints.openai.api_server'],
        reasoningParser: 'glm45',
        args: ['--max-num-batched-tokens', '4096'],
        env: { NCCL_P2P_DISABLE: '1', VLLM_API_KEY: 'not mine', CUDA_VISIBLE_DEVICES: '7' },
      },
      { gpus: ['3'], reservedBytes: null },
    ),
  );
  expect([command.file, ...command.args]).toEqual(
    words(
      '/venv/bin/python -m vllm.entrypoints.openai.api_server --model /models/hub',
      '--served-model-name hub --host 127.0.0.1 --port 4000 --tensor-parallel-size 1',
      '--enable-chunked-prefill --max-num-seqs 16 --max-model-len 4096',
      '--enable-prompt-tokens-details --disable-uvicorn-access-log --reasoning-parser glm45',
      '--max-num-batched-tokens 4096',
    ),
  );
  expect(command.env).toMatchObject({
    NCCL_P2P_DISABLE: '1',
    VLLM_API_KEY: 'the-key',
    CUDA_VISIBLE_DEVICES: '3',
    VLLM_SERVER_DEV_MODE: '0',
  });
});

test('a share of GPU memory never exceeds the reservation', () => {
  const { command } = vllmLaunch(testContext({}, { reservedBytes: 22_512_345_678, gpuBytes: 25_757_220_864 }));
  expect(command.args).toContain('0.874');
});

test('a reservation that is too small for the weights, because too little was measured, does not keep vLLM from loading', () => {
  const settings = { weightsBytes: 20_000_000_000, kvBytesPerToken: 40_960, kvHeads: 2 };
  const { command } = vllmLaunch(testContext(settings, { reservedBytes: 300_000_000 }));
  // Half the weights, 3 GB for the driver and graphs, and half the cache of 4096 tokens.
  expect(command.args).toContain('0.523');
});

test('an engine for GPUs is refused without one, with what to do', () => {
  expect(() => vllmLaunch(testContext({}, { gpus: [] }))).toThrow(/on a GPU only.*--profile laptop/);
});

test('the salt of cached prefixes is the server’s, the same within a start and another in the next', () => {
  const saltOf = (apiKey: string): string | null => vllmLaunch(testContext({}, { apiKey })).dialect.cacheSalt;
  expect(saltOf('one')).toBe(saltOf('one'));
  expect(saltOf('one')).not.toBe(saltOf('two'));
  expect(saltOf('one')).not.toContain('one');
});

test('SGLang gets its key in a file that others cannot read', () => {
  const context = testContext({
    maxSequenceTokens: 25_480,
    cardArgs: ['--mm-enable-dp-encoder', '--mm-process-config', '{"image":{"max_pixels":5000000}}'],
  });
  const { command } = sglangLaunch(context);
  expect([command.file, ...command.args]).toEqual(
    words(
      'python3 -m sglang.launch_server --config /private/sglang.yaml',
      '--model-path /models/hub --served-model-name hub --host 127.0.0.1 --port 4000',
      '--tp-size 2 --max-running-requests 16 --context-length 25480',
      '--mem-fraction-static 0.78 --enable-cache-report',
      '--mm-enable-dp-encoder --mm-process-config {"image":{"max_pixels":5000000}}',
    ),
  );
  expect(context.written.get('sglang.yaml')).toBe('api-key: the-key\n');
  expect(Object.values(command.env)).not.toContain('the-key');
});

test('TensorRT-LLM gets the share of what is free beside the weights', () => {
  const { command, apiKey, dialect } = trtllmLaunch(testContext({ weightsBytes: 20_000_000_000 }));
  // Of each card's 25 GB half the weights are gone; 22.5 - 10 - 3 GB of the rest are cache.
  expect([command.file, ...command.args]).toEqual(
    words(
      'trtllm-serve /models/hub --backend pytorch --host 127.0.0.1 --port 4000',
      '--tp_size 2 --max_batch_size 16 --max_seq_len 4096',
      '--kv_cache_free_gpu_memory_fraction 0.633',
    ),
  );
  expect([apiKey, dialect.servedName, dialect.cacheSalt]).toEqual([null, 'hub', null]);
});

const GGUF = {
  'model.gguf': '/models/hub/model.gguf',
  'mmproj-model-f16.gguf': '/models/hub/mmproj-model-f16.gguf',
  'mmproj-model-Q8_0.gguf': '/models/hub/mmproj-model-Q8_0.gguf',
};
const HELP = '--device --cache-ram --fit --offline --no-webui --no-slots --reasoning-format';

test('llama-server runs a slot for each sequence and its picture encoder, on the GPUs it is given', () => {
  const settings = { ...catalogued('autoglm-phone-9b-q4_k_m'), maxSequences: 2, maxSequenceTokens: 8_192 };
  const { command } = llamaServerLaunch(testContext(settings, { gpus: ['1'], installed: HELP }, GGUF));
  expect([command.file, ...command.args]).toEqual(
    words(
      'llama-server --model /models/hub/model.gguf --mmproj /models/hub/mmproj-model-Q8_0.gguf',
      '--alias hub --host 127.0.0.1 --port 4000 --parallel 2 --ctx-size 16384',
      '--threads 4 --n-gpu-layers 999 --cache-reuse 256 --cache-ram 0 --fit off',
      '--offline --no-webui --no-slots --reasoning-format none',
    ),
  );
  expect(command.env).toMatchObject({ LLAMA_API_KEY: 'the-key', CUDA_VISIBLE_DEVICES: '1' });
});

test('an older llama-server on the CPU gets no flags that it does not know, and no GPU', () => {
  const context = testContext({ cacheReuseTokens: 0 }, { gpus: [], address: SOCKET }, GGUF);
  const { command } = llamaServerLaunch(context);
  expect(command.args.slice(-8)).toEqual(words('--parallel 16 --ctx-size 65536 --threads 4 --n-gpu-layers 0'));
  expect(command.args).toContain('/private/engine.sock');
  expect(command.env).toMatchObject({ CUDA_VISIBLE_DEVICES: '' });
});

test.each([
  [['--allowed-local-media-path', '/']],
  [['--allowed_local_media_path=/']],
  [['--allowed-local', '/']],
  [['--max-num-batched-tokens', '4096', '--port', '1']],
  [['-tp', '4']],
])('%j is refused', (args) => {
  const refused = { '--allowed-local-media-path': 'a reason', '--port': 'a reason', '-tp': 'a reason' };
  expect(() => refuseArguments('hub', args, refused)).toThrow(/the model hub may not pass -.*: a reason/);
});

test('other arguments pass', () => {
  const refused = { '--model': 'a reason', '--max-num-seqs': 'a reason', '-c': 'a reason' };
  expect(() => {
    refuseArguments('hub', ['--model-impl', 'auto', '--max-num-batched-tokens=9', 'c', '--', '-cb'], refused);
  }).not.toThrow();
});
