import { stringify } from 'yaml';
import { gpuEngine } from './gpu-engine.ts';
import { cacheSalt, gpuEnvironment, grantedBytes, memoryShare, needGpus, weightsFolder } from './gpu-model.ts';
import type { Launch, LaunchContext } from './launcher.ts';
import type { LogRule } from './log-rules.ts';
import type { RefusedFlags } from './refuse-arguments.ts';
import { SglangSettings } from './settings.ts';

/** The oldest that the central model's card names. */
const LEAST_VERSION = '0.5.6.post1';
const COMMAND = ['python3', '-m', 'sglang.launch_server'];

const MINE = 'the server sets it itself';
const REFUSED: RefusedFlags = {
  '--model-path': MINE,
  '--model': MINE,
  '--served-model-name': MINE,
  '--host': MINE,
  '--port': MINE,
  '--api-key': MINE,
  '--admin-api-key': MINE,
  '--config': 'its contents could not be checked',
  '--tp-size': 'set `tensorParallel` instead',
  '--tensor-parallel-size': 'set `tensorParallel` instead',
  '--pp-size': 'set `tensorParallel` instead',
  '--dp-size': 'the memory of copies would not be counted',
  '--data-parallel-size': 'the memory of copies would not be counted',
  '--nnodes': 'its processes must stay on this machine',
  '--mem-fraction-static': 'the memory budget decides it',
  '--cpu-offload-gb': 'that memory would not be counted',
  '--max-running-requests': 'set `maxSequences` instead',
  '--context-length': 'set `maxSequenceTokens` instead',
  '--reasoning-parser': 'set `reasoningParser` instead',
  '--tool-call-parser': 'set `toolCallParser` instead',
};

const LOG_RULES: readonly LogRule[] = [
  { pattern: /Init torch distributed begin/, stage: 'engine starting', from: 0.05 },
  { pattern: /Load weight begin/, stage: 'loading weights', from: 0.1 },
  { pattern: /checkpoint shards:\s+(\d+)% Completed/, stage: 'loading weights', from: 0.1, to: 0.6 },
  { pattern: /Load weight end/, stage: 'weights loaded', from: 0.62 },
  { pattern: /KV Cache is allocated|Memory pool end/, stage: 'cache reserved', from: 0.78 },
  { pattern: /Capturing batches.*?\s(\d+)%/, stage: 'capturing graphs', from: 0.8, to: 0.94 },
  { pattern: /Capture cuda graph end/i, stage: 'graphs captured', from: 0.95 },
  { pattern: /The server is fired up|Application startup complete/, stage: 'server starting', from: 0.98 },
];

/**
 * `python -m sglang.launch_server`. It takes its key from arguments alone, which other users can read: so the key stands in a
 * configuration file that only this user may read. Weights and cache may fill the reservation less what graphs and activations need.
 */
export function sglangLaunch(context: LaunchContext): Launch {
  const { options, address, gpus, apiKey, folder, reservedBytes } = context;
  const settings = SglangSettings.parse(options.settings);
  needGpus('SGLang', options.modelId, gpus);
  const [file = 'python3', ...first] = settings.command ?? COMMAND;
  const granted = grantedBytes(settings, gpus.length, reservedBytes);
  const share = memoryShare(granted === null ? null : granted - settings.gpuOverheadBytes, context.gpuBytes);
  return {
    command: {
      file,
      args: [
        ...first,
        '--config',
        folder.write('sglang.yaml', stringify({ 'api-key': apiKey })),
        '--model-path',
        weightsFolder(options),
        '--served-model-name',
        options.modelId,
        '--host',
        '127.0.0.1',
        '--port',
        String(address.port),
        '--tp-size',
        String(gpus.length),
        '--max-running-requests',
        String(settings.maxSequences),
        '--context-length',
        String(settings.maxSequenceTokens),
        ...(share === null ? [] : ['--mem-fraction-static', share]),
        '--enable-cache-report',
        ...(settings.reasoningParser === null ? [] : ['--reasoning-parser', settings.reasoningParser]),
        ...(settings.toolCallParser === null ? [] : ['--tool-call-parser', settings.toolCallParser]),
        ...settings.cardArgs,
        ...settings.args,
      ],
      env: { ...settings.env, ...gpuEnvironment(gpus) },
    },
    apiKey,
    dialect: {
      engine: 'sglang',
      servedName: options.modelId,
      repeatPenalty: 'repetition_penalty',
      topKOff: -1,
      cacheSalt: cacheSalt(apiKey),
      readsCalls: settings.toolCallParser !== null,
    },
    sleeps: false,
  };
}

/** Safetensors models on GPUs, by SGLang. */
export const sglang = gpuEngine({
  name: 'sglang',
  title: 'SGLang',
  package: 'sglang',
  command: COMMAND,
  versionFlag: '--version',
  leastVersion: LEAST_VERSION,
  refused: REFUSED,
  settings: SglangSettings,
  vendors: ['nvidia', 'amd'],
  computeCapability: 7.5,
  launch: sglangLaunch,
  logRules: LOG_RULES,
  workers: /^sglang::(scheduler|detokenizer)/,
});
