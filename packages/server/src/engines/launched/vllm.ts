import { GatewayError } from '../../shared/errors.ts';
import { addFootprints, type Footprint } from '../../shared/footprint.ts';
import { isAtLeast } from './engine-version.ts';
import { gpuEngine } from './gpu-engine.ts';
import { cacheSalt, gpuEnvironment, grantedBytes, memoryShare, needGpus, weightsFolder } from './gpu-model.ts';
import type { Launch, LaunchContext } from './launcher.ts';
import type { LogRule } from './log-rules.ts';
import type { RefusedFlags } from './refuse-arguments.ts';
import { VllmSettings } from './settings.ts';

/** The first with sockets, sleep over HTTP and the models of the catalogue all at once. */
const LEAST_VERSION = '0.12.0';

/** Videos are decoded safely from here on. */
const SAFE_VERSION = '0.14.1';

const COMMAND = ['vllm'];

const MINE = 'the server sets it itself';
const BY_SETTING = (name: string): string => `set \`${name}\` instead`;
const REFUSED: RefusedFlags = {
  '--model': MINE,
  '--served-model-name': MINE,
  '--host': MINE,
  '--port': MINE,
  '--uds': BY_SETTING('listen'),
  '--api-key': MINE,
  '--config': 'its contents could not be checked',
  '--middleware': 'it would run code beside the engine',
  '--tool-server': 'tools are not run by the engine',
  '--allowed-local-media-path': 'whoever may ask could read files of this machine',
  '--allowed-media-domains': 'media is fetched by the server, which checks addresses',
  '--trust-request-chat-template': 'whoever asks could run templates of their own',
  '--tensor-parallel-size': BY_SETTING('tensorParallel'),
  '-tp': BY_SETTING('tensorParallel'),
  '--pipeline-parallel-size': BY_SETTING('tensorParallel'),
  '-pp': BY_SETTING('tensorParallel'),
  '--data-parallel-size': 'the memory of copies would not be counted',
  '-dp': 'the memory of copies would not be counted',
  '--distributed-executor-backend': 'its processes must stay in one group',
  '--gpu-memory-utilization': 'the memory budget decides it',
  '--kv-cache-memory-bytes': 'the memory budget decides it',
  '--swap-space': 'that memory would not be counted',
  '--cpu-offload-gb': 'that memory would not be counted',
  '--max-num-seqs': BY_SETTING('maxSequences'),
  '--max-model-len': BY_SETTING('maxSequenceTokens'),
  '--enable-sleep-mode': BY_SETTING('sleep'),
  '--reasoning-parser': BY_SETTING('reasoningParser'),
  '--tool-call-parser': BY_SETTING('toolCallParser'),
  '--enable-auto-tool-choice': BY_SETTING('toolCallParser'),
};

const LOG_RULES: readonly LogRule[] = [
  { pattern: /Initializing a V1 LLM engine/, stage: 'engine starting', from: 0.05 },
  { pattern: /Starting to load model/, stage: 'loading weights', from: 0.1 },
  { pattern: /checkpoint shards:\s+(\d+)% Completed/, stage: 'loading weights', from: 0.1, to: 0.6 },
  { pattern: /Loading weights took|Model loading took/, stage: 'weights loaded', from: 0.62 },
  { pattern: /Dynamo bytecode transform|torch\.compile takes|Compiling a graph/, stage: 'compiling', from: 0.7 },
  { pattern: /GPU KV cache size/, stage: 'cache reserved', from: 0.78 },
  { pattern: /Capturing CUDA graphs?.*?:\s+(\d+)%/, stage: 'capturing graphs', from: 0.8, to: 0.94 },
  { pattern: /Graph capturing finished/, stage: 'graphs captured', from: 0.95 },
  { pattern: /Starting vLLM API server|Application startup complete/, stage: 'server starting', from: 0.98 },
];

/**
 * `vllm serve`, or `python -m vllm.entrypoints.openai.api_server`, as the model's card asks. The key stands in the environment; the
 * figures follow the reservation. What the flags are for: chunked prefill keeps other answers flowing while a long prompt is read;
 * workers by multiprocessing stay in the process group, where Ray's would not; prompt token details tell how much of a prompt was
 * cached; the access log would only repeat the server's own. All of them are in 0.12, where sockets and the ways to share pictures'
 * work among GPUs (`--uds`, `--mm-encoder-tp-mode`, `--mm-processor-cache-type`) are the youngest.
 */
export function vllmLaunch(context: LaunchContext): Launch {
  const { options, address, gpus, apiKey } = context;
  const settings = VllmSettings.parse(options.settings);
  needGpus('vLLM', options.modelId, gpus);
  const [file = 'vllm', ...first] = settings.command ?? COMMAND;
  const folder = weightsFolder(options);
  const sleeps = settings.sleep === 'auto' ? address.socketPath !== null : settings.sleep;
  const share = memoryShare(grantedBytes(settings, gpus.length, context.reservedBytes), context.gpuBytes);
  return {
    command: {
      file,
      args: [
        ...first,
        ...(first.includes('-m') ? ['--model', folder] : ['serve', folder]),
        '--served-model-name',
        options.modelId,
        ...(address.socketPath === null
          ? ['--host', '127.0.0.1', '--port', String(address.port)]
          : ['--uds', address.socketPath]),
        '--tensor-parallel-size',
        String(gpus.length),
        ...(gpus.length > 1 ? ['--distributed-executor-backend', 'mp'] : []),
        '--enable-chunked-prefill',
        '--max-num-seqs',
        String(settings.maxSequences),
        '--max-model-len',
        String(settings.maxSequenceTokens),
        ...(share === null ? [] : ['--gpu-memory-utilization', share]),
        '--enable-prompt-tokens-details',
        '--disable-uvicorn-access-log',
        ...(sleeps ? ['--enable-sleep-mode'] : []),
        ...(settings.reasoningParser === null ? [] : ['--reasoning-parser', settings.reasoningParser]),
        ...(settings.toolCallParser === null
          ? []
          : ['--enable-auto-tool-choice', '--tool-call-parser', settings.toolCallParser]),
        ...settings.cardArgs,
        ...settings.args,
      ],
      env: {
        ...settings.env,
        ...gpuEnvironment(gpus),
        VLLM_API_KEY: apiKey,
        VLLM_NO_USAGE_STATS: '1',
        // Its further paths (sleep, but also calls into the workers) ask for no key: only behind a socket of ours.
        VLLM_SERVER_DEV_MODE: sleeps ? '1' : '0',
      },
    },
    apiKey,
    dialect: {
      engine: 'vllm',
      servedName: options.modelId,
      repeatPenalty: 'repetition_penalty',
      topKOff: -1,
      cacheSalt: cacheSalt(apiKey),
      readsCalls: settings.toolCallParser !== null,
    },
    sleeps,
  };
}

/** Safetensors models on GPUs, by vLLM: tensor parallel over as many as the placement names, continuous batching, pictures. */
export const vllm = gpuEngine({
  name: 'vllm',
  title: 'vLLM',
  package: 'vllm',
  command: COMMAND,
  versionFlag: '--version',
  leastVersion: LEAST_VERSION,
  refused: REFUSED,
  settings: VllmSettings,
  vendors: ['nvidia', 'amd'],
  computeCapability: 7,
  listen: ({ listen }) => (process.platform === 'win32' ? 'port' : listen),
  refuseSettings({ sleep, listen }, modelId) {
    if (sleep !== true || listen !== 'port') return;
    throw new GatewayError(
      'model_failed',
      `the model ${modelId} cannot sleep while vLLM listens on a port: any user of this machine could call its unguarded paths; ` +
        'set `listen: socket`, or `sleep: false`',
    );
  },
  warning: (version) =>
    isAtLeast(version, SAFE_VERSION)
      ? null
      : `vLLM ${version} has a known hole in its reading of videos (CVE-2026-22778); none reach it from here, but newer is better: pip install 'vllm>=${SAFE_VERSION}'`,
  launch: vllmLaunch,
  logRules: LOG_RULES,
  workers: /^VLLM::(EngineCore|Worker)/,
  /** At level 1 the weights lie in RAM and the cache is forgotten; the driver's context, graphs and buffers stay on the GPUs. */
  sleepFootprint(model, loaded) {
    const { sleep, listen, sleepGpuBytes, weightsBytes, replicatedBytes } = VllmSettings.parse(model.settings);
    if (sleep === false || (sleep === 'auto' && (listen === 'port' || process.platform === 'win32'))) return null;
    const gpus = Object.keys(loaded).filter((device) => device !== 'ram');
    if (gpus.length === 0) return null;
    const onGpus: Footprint = Object.fromEntries(gpus.map((device) => [device, sleepGpuBytes]));
    const backup = (weightsBytes ?? model.fileBytes) + (gpus.length - 1) * replicatedBytes;
    return addFootprints({ ram: (loaded.ram ?? 0) + backup }, onGpus);
  },
});
