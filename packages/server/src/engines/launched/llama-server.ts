import type { Gpu } from '../../machine/machine.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { Footprint } from '../../shared/footprint.ts';
import type { EngineOptions } from '../engine.ts';
import type { EngineDefinition, EngineModel } from '../engine-definition.ts';
import { askEngine } from './engine-version.ts';
import { gpuEnvironment } from './gpu-model.ts';
import type { Launch, LaunchContext, Launcher } from './launcher.ts';
import type { LogRule } from './log-rules.ts';
import { refuseArguments, type RefusedFlags } from './refuse-arguments.ts';
import { halveContext, LlamaServerSettings } from './settings.ts';
import { startLaunched } from './start-launched.ts';

const COMMAND = ['llama-server'];
const INSTALL = 'brew install llama.cpp, or a release of llama.cpp';

const MINE = 'the server sets it itself';
const SLOTS = 'set `maxSequences` and `maxSequenceTokens` instead';
const REFUSED: RefusedFlags = {
  '--model': MINE,
  '-m': MINE,
  '--alias': MINE,
  '-a': MINE,
  '--mmproj': 'name the file among the model’s files instead',
  '-mm': 'name the file among the model’s files instead',
  '--host': MINE,
  '--port': MINE,
  '--api-key': MINE,
  '--api-key-file': MINE,
  '--parallel': SLOTS,
  '-np': SLOTS,
  '--ctx-size': SLOTS,
  '-c': SLOTS,
  '--n-gpu-layers': 'the placement decides it',
  '--gpu-layers': 'the placement decides it',
  '-ngl': 'the placement decides it',
  '--device': 'the placement decides it',
  '-dev': 'the placement decides it',
  '--cache-ram': 'set `promptCacheBytes` instead',
  '-cram': 'set `promptCacheBytes` instead',
  '--media-path': 'whoever may ask could read files of this machine',
  '--slot-save-path': 'conversations would lie on the disk unseen',
  '--log-prompts-dir': 'prompts would lie on the disk unseen',
  '--tools': 'tools are not run by the engine',
  '--models-dir': 'one process runs one model',
  '--reasoning-format': 'set `reasoningParser` instead',
};

const LOG_RULES: readonly LogRule[] = [
  { pattern: /loading model '/, stage: 'loading weights', from: 0.1 },
  {
    pattern: /llama threadpool init|llama_context: constructing|new slot|initializing(, n_slots| slots)/,
    stage: 'weights loaded',
    from: 0.8,
  },
  { pattern: /loaded multimodal model/, stage: 'picture encoder loaded', from: 0.9 },
  { pattern: /model loaded\b/, stage: 'model loaded', from: 0.95 },
];

/** The model's own file, and the picture encoder's where it has one: a file whose name begins with `mmproj`. */
function filesOf({ files, modelId }: EngineOptions): { readonly model: string; readonly mmproj: string | null } {
  const names = Object.keys(files)
    .filter((name) => name.endsWith('.gguf'))
    .sort();
  // An encoder published in several precisions is taken in the smallest, as the model is.
  const encoders = names.filter((name) => name.startsWith('mmproj'));
  const mmproj = encoders.find((name) => /Q8_0/i.test(name)) ?? encoders[0];
  // Of a model in several files the first is named; llama.cpp finds the others.
  const model = names.find((name) => !encoders.includes(name));
  if (model === undefined)
    throw new GatewayError('model_failed', `the model ${modelId} has no GGUF file for llama-server`);
  return { model: files[model] ?? '', mmproj: mmproj === undefined ? null : (files[mmproj] ?? null) };
}

/**
 * `llama-server` with a slot for each sequence. `installed` is its help text: flags that older builds lack are left out. The key
 * stands in the environment; nothing but the answers is served.
 */
export function llamaServerLaunch(context: LaunchContext): Launch {
  const { options, address, gpus, apiKey, installed } = context;
  const settings = LlamaServerSettings.parse(options.settings);
  const [file = 'llama-server', ...first] = settings.command ?? COMMAND;
  const { model, mmproj } = filesOf(options);
  const known = (flag: string, ...values: string[]): string[] => (installed.includes(flag) ? [flag, ...values] : []);
  return {
    command: {
      file,
      args: [
        ...first,
        '--model',
        model,
        ...(mmproj === null ? [] : ['--mmproj', mmproj]),
        '--alias',
        options.modelId,
        ...(address.socketPath === null
          ? ['--host', '127.0.0.1', '--port', String(address.port)]
          : ['--host', address.socketPath]),
        '--parallel',
        String(settings.maxSequences),
        '--ctx-size',
        String(settings.maxSequences * settings.maxSequenceTokens),
        '--threads',
        String(options.threads),
        '--n-gpu-layers',
        gpus.length === 0 ? '0' : '999',
        ...(gpus.length === 0 ? known('--device', 'none') : []),
        ...(settings.cacheReuseTokens === 0 ? [] : ['--cache-reuse', String(settings.cacheReuseTokens)]),
        ...known('--cache-ram', String(Math.floor(settings.promptCacheBytes / 2 ** 20))),
        ...known('--fit', 'off'),
        ...known('--offline'),
        ...known('--no-webui'),
        ...known('--no-slots'),
        ...known('--reasoning-format', settings.reasoningParser ?? 'none'),
        // Its own reading of templates, which calls of functions and template variables need.
        ...known('--jinja'),
        ...settings.cardArgs,
        ...settings.args,
      ],
      env: { ...settings.env, ...gpuEnvironment(gpus), LLAMA_API_KEY: apiKey },
    },
    apiKey,
    dialect: {
      engine: 'llama-server',
      servedName: options.modelId,
      repeatPenalty: 'repeat_penalty',
      topKOff: 0,
      cacheSalt: null,
      readsCalls: true,
    },
    sleeps: false,
  };
}

const helps = new Map<string, string>();

const launcher: Launcher = {
  title: 'llama-server',
  settings: (raw) => LlamaServerSettings.parse(raw),
  listen: (raw) => (process.platform === 'win32' ? 'port' : LlamaServerSettings.parse(raw).listen),
  async ask(options, signal) {
    const settings = LlamaServerSettings.parse(options.settings);
    refuseArguments(options.modelId, [...settings.cardArgs, ...settings.args], REFUSED);
    const question = [...(settings.command ?? COMMAND), '--help'];
    const key = question.join('\0');
    const help = helps.get(key) ?? (await askEngine(question, { name: 'llama-server', install: INSTALL, signal }));
    helps.set(key, help);
    return help;
  },
  launch: llamaServerLaunch,
  logRules: LOG_RULES,
  workers: null,
};

const MEBIBYTE = 1024 * 1024;
/** The program itself and the buffers of a step. */
const PROCESS_BYTES = 150 * MEBIBYTE;
const VOCABULARY_TOKEN_BYTES = 200;
const DEFAULT_VOCABULARY_TOKENS = 131_072;
const LOGIT_BYTES = 4;

interface Parts {
  readonly weights: number;
  readonly cache: number;
  /** In RAM wherever the weights lie. */
  readonly host: number;
}

function partsOf({ fileBytes, settings }: EngineModel): Parts {
  const parsed = LlamaServerSettings.parse(settings);
  const vocabulary = parsed.vocabularyTokens ?? DEFAULT_VOCABULARY_TOKENS;
  const perToken = parsed.kvBytesPerToken ?? 24_576 + fileBytes / 50_000;
  return {
    weights: parsed.weightsBytes ?? fileBytes,
    cache: parsed.maxSequences * parsed.maxSequenceTokens * perToken,
    host:
      PROCESS_BYTES +
      vocabulary * (VOCABULARY_TOKEN_BYTES + 2 * parsed.maxSequences * LOGIT_BYTES) +
      parsed.promptCacheBytes,
  };
}

/** One GPU that holds all of it, then all of them together with the layers cut evenly, then the CPU. */
function placementsOf(model: EngineModel, gpus: readonly Gpu[]): readonly Footprint[] {
  const { weights, cache, host } = partsOf(model);
  const overhead = LlamaServerSettings.parse(model.settings).gpuOverheadBytes;
  const own = gpus.filter((gpu) => !gpu.unified);
  const on = (chosen: readonly Gpu[]): Footprint => ({
    ram: Math.round(host),
    ...Object.fromEntries(chosen.map((gpu) => [gpu.id, Math.ceil((weights + cache) / chosen.length + overhead)])),
  });
  const sets = [...own.map((gpu) => [gpu]), ...(own.length > 1 ? [own] : [])];
  const fitting = sets.filter((set) => set.every((gpu) => (on(set)[gpu.id] ?? 0) <= gpu.totalBytes));
  return [...fitting.map(on), { ram: Math.round(weights + cache + host) }];
}

/** GGUF models by a llama-server of the operator's: on the CPU or GPUs, with pictures where the model has an encoder. */
export const llamaServer: EngineDefinition<'chat'> = {
  name: 'llama-server',
  task: 'chat',
  estimateBytes(model) {
    const { weights, cache, host } = partsOf(model);
    return Math.round(weights + cache + host);
  },
  concurrency: ({ settings }) => LlamaServerSettings.parse(settings).maxSequences,
  placements: placementsOf,
  shrink: (settings) => halveContext(settings, LlamaServerSettings.parse(settings), 512),
  start: startLaunched(launcher),
};
