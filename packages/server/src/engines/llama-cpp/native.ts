/**
 * The part of llama.cpp's C API (`include/llama.h` of release v0.5.0, as node-llama-cpp 3.22.1 ships it) that the engine
 * calls, through koffi. The struct layouts are checked at start against the library's own default values.
 */
import koffi, { type LibraryHandle, type TypeObject } from 'koffi';
import { NativeLog } from './native-log.ts';
import {
  BATCH,
  type BatchStruct,
  CONTEXT_PARAMS,
  type ContextParams,
  firstDifference,
  KNOWN_CONTEXT_DEFAULTS,
  KNOWN_MODEL_DEFAULTS,
  KNOWN_THREAD_POOL_DEFAULTS,
  MODEL_PARAMS,
  type ModelParams,
  MOST_CPU_THREADS,
  type Pointer,
  THREAD_POOL_PARAMS,
  type ThreadPoolParams,
} from './native-structs.ts';
import { findLibraries, PACKAGE_VERSION } from './platform-package.ts';

/** The functions, by what they do; pointers are named in the order of the C declaration. */
export interface Llama {
  modelDefaultParams(): ModelParams;
  contextDefaultParams(): ContextParams;
  loadModel(path: string, params: ModelParams): Pointer | null;
  freeModel(model: Pointer): void;
  initContext(model: Pointer, params: ContextParams): Pointer | null;
  freeContext(context: Pointer): void;
  contextSize(context: Pointer): number;
  memory(context: Pointer): Pointer;
  vocab(model: Pointer): Pointer;
  trainedContext(model: Pointer): number;
  embeddingSize(model: Pointer): number;
  isRecurrent(model: Pointer): boolean;
  isHybrid(model: Pointer): boolean;
  chatTemplate(model: Pointer, name: string | null): string | null;
  vocabSize(vocab: Pointer): number;
  vocabText(vocab: Pointer, token: number): string;
  vocabAttributes(vocab: Pointer, token: number): number;
  isEndOfGeneration(vocab: Pointer, token: number): boolean;
  beginToken(vocab: Pointer): number;
  endToken(vocab: Pointer): number;
  /** The tokens around a text with a gap to be filled; -1 where there are none. */
  gapPrefix(vocab: Pointer): number;
  gapSuffix(vocab: Pointer): number;
  gapMiddle(vocab: Pointer): number;
  addsBegin(vocab: Pointer): boolean;
  tokenize(
    vocab: Pointer,
    text: Uint8Array,
    bytes: number,
    tokens: Int32Array,
    max: number,
    addSpecial: boolean,
    parseSpecial: boolean,
  ): number;
  tokenToPiece(
    vocab: Pointer,
    token: number,
    buffer: Uint8Array,
    bytes: number,
    lstrip: number,
    special: boolean,
  ): number;
  decode(context: Pointer, batch: BatchStruct): number;
  /** The rows of logits of the last step. */
  logits(context: Pointer): Pointer | null;
  logitsOf(context: Pointer, index: number): Pointer | null;
  /** Of a context with embeddings: a sequence's pooled vector, in llama.cpp's own memory. */
  embeddingOf(context: Pointer, sequence: number): Pointer | null;
  sequenceRemove(memory: Pointer, sequence: number, from: number, to: number): boolean;
  sequenceCopy(memory: Pointer, source: number, target: number, from: number, to: number): void;
  memoryClear(memory: Pointer, data: boolean): void;
  stateBytes(context: Pointer, sequence: number): number;
  stateGet(context: Pointer, buffer: Uint8Array, bytes: number, sequence: number): number;
  stateSet(context: Pointer, buffer: Uint8Array, bytes: number, sequence: number): number;
  setThreads(context: Pointer, threads: number, batchThreads: number): void;
  attachThreadPool(context: Pointer, pool: Pointer, batchPool: Pointer): void;
  detachThreadPool(context: Pointer): void;
  chainInit(params: { no_perf: boolean }): Pointer;
  chainAdd(chain: Pointer, sampler: Pointer): void;
  topK(k: number): Pointer;
  topP(p: number, minKeep: number): Pointer;
  minP(p: number, minKeep: number): Pointer;
  temperature(value: number): Pointer;
  distribution(seed: number): Pointer;
  sample(chain: Pointer, context: Pointer, index: number): number;
  freeSampler(chain: Pointer): void;
}

type CType = string | TypeObject;

/** The loaded library and its log. */
export interface Native {
  readonly llama: Llama;
  readonly log: NativeLog;
  /** Null where the library computes with another kind of threads, which it keeps by itself. */
  readonly threadPools: ThreadPools | null;
}

/** Threads that live as long as the context, instead of new ones for every step. The caller frees what it makes. */
export interface ThreadPools {
  /** `poll` from 0 (sleep between steps) to 100 (spin). */
  make(threads: number, poll: number): Pointer;
  free(pool: Pointer): void;
}

let loaded: Native | null = null;

/**
 * Loads llama.cpp once per process and checks that it is the release described here; the first call decides whether it is a
 * build for GPUs. Throws a sentence that says what to install when it is missing or another one.
 */
export function loadNative(gpu = false): Native {
  loaded ??= load(gpu);
  return loaded;
}

function load(gpu: boolean): Native {
  const found = findLibraries(gpu);
  const libraries = found.files.map((file) => koffi.load(file, { global: true }));
  const [base, ggml, library] = libraries;
  if (base === undefined || ggml === undefined || library === undefined)
    throw new Error('llama.cpp has three libraries');
  const modelParams = koffi.struct('llama_model_params', MODEL_PARAMS);
  const contextParams = koffi.struct('llama_context_params', CONTEXT_PARAMS);
  const batch = koffi.struct('llama_batch', BATCH);
  const chainParams = koffi.struct('llama_sampler_chain_params', { no_perf: 'bool' });
  const bind = (name: string, result: CType, args: CType[]): never =>
    library.func(`llama_${name}`, result, args) as never;

  const log = new NativeLog((line) => process.stderr.write(line));
  const logCallback = koffi.proto('llama_log_callback', 'void', ['int', 'str', 'void *']);
  const registered = koffi.register(
    (level: number, text: string) => log.receive(level, text),
    koffi.pointer(logCallback),
  );
  const setLog: (callback: Pointer, data: null) => void = bind('log_set', 'void', [
    koffi.pointer(logCallback),
    'void *',
  ]);
  setLog(registered, null);

  const llama: Llama = {
    modelDefaultParams: bind('model_default_params', modelParams, []),
    contextDefaultParams: bind('context_default_params', contextParams, []),
    loadModel: bind('model_load_from_file', 'void *', ['str', modelParams]),
    freeModel: bind('model_free', 'void', ['void *']),
    initContext: bind('init_from_model', 'void *', ['void *', contextParams]),
    freeContext: bind('free', 'void', ['void *']),
    contextSize: bind('n_ctx', 'uint32_t', ['void *']),
    memory: bind('get_memory', 'void *', ['void *']),
    vocab: bind('model_get_vocab', 'void *', ['void *']),
    embeddingSize: bind('model_n_embd', 'int32_t', ['void *']),
    trainedContext: bind('model_n_ctx_train', 'int32_t', ['void *']),
    isRecurrent: bind('model_is_recurrent', 'bool', ['void *']),
    isHybrid: bind('model_is_hybrid', 'bool', ['void *']),
    chatTemplate: bind('model_chat_template', 'str', ['void *', 'str']),
    vocabSize: bind('vocab_n_tokens', 'int32_t', ['void *']),
    vocabText: bind('vocab_get_text', 'str', ['void *', 'int32_t']),
    vocabAttributes: bind('vocab_get_attr', 'int32_t', ['void *', 'int32_t']),
    isEndOfGeneration: bind('vocab_is_eog', 'bool', ['void *', 'int32_t']),
    beginToken: bind('vocab_bos', 'int32_t', ['void *']),
    endToken: bind('vocab_eos', 'int32_t', ['void *']),
    gapPrefix: bind('vocab_fim_pre', 'int32_t', ['void *']),
    gapSuffix: bind('vocab_fim_suf', 'int32_t', ['void *']),
    gapMiddle: bind('vocab_fim_mid', 'int32_t', ['void *']),
    addsBegin: bind('vocab_get_add_bos', 'bool', ['void *']),
    tokenize: bind('tokenize', 'int32_t', ['void *', 'void *', 'int32_t', 'void *', 'int32_t', 'bool', 'bool']),
    tokenToPiece: bind('token_to_piece', 'int32_t', ['void *', 'int32_t', 'void *', 'int32_t', 'int32_t', 'bool']),
    decode: bind('decode', 'int32_t', ['void *', batch]),
    embeddingOf: bind('get_embeddings_seq', 'void *', ['void *', 'int32_t']),
    logits: bind('get_logits', 'void *', ['void *']),
    logitsOf: bind('get_logits_ith', 'void *', ['void *', 'int32_t']),
    sequenceRemove: bind('memory_seq_rm', 'bool', ['void *', 'int32_t', 'int32_t', 'int32_t']),
    sequenceCopy: bind('memory_seq_cp', 'void', ['void *', 'int32_t', 'int32_t', 'int32_t', 'int32_t']),
    memoryClear: bind('memory_clear', 'void', ['void *', 'bool']),
    stateBytes: bind('state_seq_get_size', 'size_t', ['void *', 'int32_t']),
    stateGet: bind('state_seq_get_data', 'size_t', ['void *', 'void *', 'size_t', 'int32_t']),
    stateSet: bind('state_seq_set_data', 'size_t', ['void *', 'void *', 'size_t', 'int32_t']),
    setThreads: bind('set_n_threads', 'void', ['void *', 'int32_t', 'int32_t']),
    attachThreadPool: bind('attach_threadpool', 'void', ['void *', 'void *', 'void *']),
    detachThreadPool: bind('detach_threadpool', 'void', ['void *']),
    chainInit: bind('sampler_chain_init', 'void *', [chainParams]),
    chainAdd: bind('sampler_chain_add', 'void', ['void *', 'void *']),
    topK: bind('sampler_init_top_k', 'void *', ['int32_t']),
    topP: bind('sampler_init_top_p', 'void *', ['float', 'size_t']),
    minP: bind('sampler_init_min_p', 'void *', ['float', 'size_t']),
    temperature: bind('sampler_init_temp', 'void *', ['float']),
    distribution: bind('sampler_init_dist', 'void *', ['uint32_t']),
    sample: bind('sampler_sample', 'int32_t', ['void *', 'void *', 'int32_t']),
    freeSampler: bind('sampler_free', 'void', ['void *']),
  };
  const different =
    firstDifference(llama.modelDefaultParams(), KNOWN_MODEL_DEFAULTS) ??
    firstDifference(llama.contextDefaultParams(), KNOWN_CONTEXT_DEFAULTS);
  if (different !== null) {
    throw new Error(
      `the installed llama.cpp is not the one this engine was written for (${different} differs); install version ${PACKAGE_VERSION} of its package`,
    );
  }
  const loadBackends = ggml.func('ggml_backend_load_all_from_path', 'void', ['str']) as unknown as (
    folder: string,
  ) => void;
  loadBackends(found.folder);
  const initBackend: () => void = bind('backend_init', 'void', []);
  initBackend();
  return { llama, log, threadPools: findThreadPools(base, ggml) };
}

/** The CPU backend's own functions, which it hands out by name. */
function findThreadPools(base: LibraryHandle, ggml: LibraryHandle): ThreadPools | null {
  const registry = ggml.func('ggml_backend_reg_by_name', 'void *', ['str']) as unknown as (
    name: string,
  ) => Pointer | null;
  const procedure = base.func('ggml_backend_reg_get_proc_address', 'void *', ['void *', 'str']) as unknown as (
    backend: Pointer,
    name: string,
  ) => Pointer | null;
  const cpu = registry('CPU');
  if (cpu === null) return null;
  const [create, release] = [procedure(cpu, 'ggml_threadpool_new'), procedure(cpu, 'ggml_threadpool_free')];
  if (create === null || release === null) return null;
  const params = koffi.struct('ggml_threadpool_params', {
    ...THREAD_POOL_PARAMS,
    cpumask: koffi.array('bool', MOST_CPU_THREADS),
  });
  const defaults = base.func('ggml_threadpool_params_default', params, ['int']) as unknown as (
    threads: number,
  ) => ThreadPoolParams;
  const known = defaults(3);
  if (firstDifference(known, KNOWN_THREAD_POOL_DEFAULTS) !== null) return null;
  const make = koffi.decode(create, koffi.proto('ggml_threadpool_new', 'void *', [koffi.pointer(params)])) as (
    options: ThreadPoolParams,
  ) => Pointer;
  const free = koffi.decode(release, koffi.proto('ggml_threadpool_free', 'void', ['void *'])) as (
    pool: Pointer,
  ) => void;
  return { make: (threads, poll) => make({ ...defaults(threads), poll }), free };
}
