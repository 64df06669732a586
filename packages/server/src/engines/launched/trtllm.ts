import { basename } from 'node:path';
import { gpuEngine } from './gpu-engine.ts';
import { gpuEnvironment, memoryShare, needGpus, splitGranted, weightsFolder } from './gpu-model.ts';
import type { Launch, LaunchContext } from './launcher.ts';
import type { LogRule } from './log-rules.ts';
import type { RefusedFlags } from './refuse-arguments.ts';
import { TrtllmSettings } from './settings.ts';

/** The first whose PyTorch backend loads safetensors without building an engine before. */
const LEAST_VERSION = '1.0.0';
const COMMAND = ['trtllm-serve'];

const MINE = 'the server sets it itself';
const REFUSED: RefusedFlags = {
  '--host': MINE,
  '--port': MINE,
  '--served-model-name': MINE,
  '--grpc': 'the server speaks HTTP to it',
  '--tp-size': 'set `tensorParallel` instead',
  '--pp-size': 'set `tensorParallel` instead',
  '--max-batch-size': 'set `maxSequences` instead',
  '--max-seq-len': 'set `maxSequenceTokens` instead',
  '--kv-cache-free-gpu-memory-fraction': 'the memory budget decides it',
  '--free-gpu-memory-fraction': 'the memory budget decides it',
  '--reasoning-parser': 'set `reasoningParser` instead',
  '--tool-parser': 'set `toolCallParser` instead',
};

const LOG_RULES: readonly LogRule[] = [
  { pattern: /Starting MPI|rank \d+ using MpiPoolSession/i, stage: 'engine starting', from: 0.05 },
  { pattern: /Loading weights.*?\s(\d+)%/i, stage: 'loading weights', from: 0.1, to: 0.6 },
  { pattern: /Model init total|weights loaded/i, stage: 'weights loaded', from: 0.62 },
  { pattern: /Allocated .* for max tokens in paged KV cache/i, stage: 'cache reserved', from: 0.78 },
  { pattern: /Autotun/i, stage: 'tuning', from: 0.8 },
  { pattern: /CUDA graph warmup|Creating CUDA graph/i, stage: 'capturing graphs', from: 0.85 },
  { pattern: /Application startup complete/, stage: 'server starting', from: 0.98 },
];

/**
 * `trtllm-serve` with its PyTorch backend. It knows no keys, so that it is guarded by listening on 127.0.0.1 alone: other users of the
 * machine can ask it. The share is of the memory that is free once the weights lie there.
 */
export function trtllmLaunch(context: LaunchContext): Launch {
  const { options, address, gpus, reservedBytes, gpuBytes } = context;
  const settings = TrtllmSettings.parse(options.settings);
  needGpus('TensorRT-LLM', options.modelId, gpus);
  const [file = 'trtllm-serve', ...first] = settings.command ?? COMMAND;
  const folder = weightsFolder(options);
  return {
    command: {
      file,
      args: [
        ...first,
        folder,
        '--backend',
        'pytorch',
        '--host',
        '127.0.0.1',
        '--port',
        String(address.port),
        '--tp_size',
        String(gpus.length),
        '--max_batch_size',
        String(settings.maxSequences),
        '--max_seq_len',
        String(settings.maxSequenceTokens),
        ...cacheShare(),
        ...(settings.reasoningParser === null ? [] : ['--reasoning_parser', settings.reasoningParser]),
        ...(settings.toolCallParser === null ? [] : ['--tool_parser', settings.toolCallParser]),
        ...settings.cardArgs,
        ...settings.args,
      ],
      env: { ...settings.env, ...gpuEnvironment(gpus) },
    },
    apiKey: null,
    dialect: {
      engine: 'trtllm',
      // It calls a model by the last part of its path.
      servedName: basename(folder),
      repeatPenalty: 'repetition_penalty',
      topKOff: 0,
      cacheSalt: null,
      readsCalls: settings.toolCallParser !== null,
    },
    sleeps: false,
  };

  function cacheShare(): string[] {
    const parts = splitGranted(settings, gpus.length, reservedBytes);
    if (parts === null || gpuBytes === null) return [];
    const share = memoryShare(parts.cache, gpuBytes - parts.fixed + settings.gpuOverheadBytes);
    return share === null ? [] : ['--kv_cache_free_gpu_memory_fraction', share];
  }
}

/** Safetensors models on NVIDIA GPUs, by TensorRT-LLM. */
export const trtllm = gpuEngine({
  name: 'trtllm',
  title: 'TensorRT-LLM',
  package: 'tensorrt_llm',
  command: COMMAND,
  versionFlag: null,
  leastVersion: LEAST_VERSION,
  refused: REFUSED,
  settings: TrtllmSettings,
  vendors: ['nvidia'],
  computeCapability: 8,
  launch: trtllmLaunch,
  logRules: LOG_RULES,
  workers: /mpi4py\.futures|mgmn_worker_node/,
});
