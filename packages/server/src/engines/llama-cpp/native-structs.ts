/**
 * Structs of llama.cpp's C API as `include/llama.h` of release v0.5.0 declares them (node-llama-cpp 3.22.1 ships that
 * release), and its default values, by which a different layout is recognised.
 */

/** An address in the process's memory; what it points to is named by the variable. */
export type Pointer = bigint;

/** `struct llama_model_params`. */
export interface ModelParams {
  devices: Pointer | null;
  tensor_buft_overrides: Pointer | null;
  n_gpu_layers: number;
  split_mode: number;
  load_mode: number;
  lazy_mode: number;
  main_gpu: number;
  tensor_split: Pointer | null;
  progress_callback: Pointer | null;
  progress_callback_user_data: Pointer | null;
  kv_overrides: Pointer | null;
  vocab_only: boolean;
  check_tensors: boolean;
  use_extra_bufts: boolean;
  no_host: boolean;
  no_alloc: boolean;
  load_mtp: boolean;
}

/** `struct llama_context_params`. */
export interface ContextParams {
  n_ctx: number;
  n_batch: number;
  n_ubatch: number;
  n_seq_max: number;
  n_rs_seq: number;
  n_outputs_max: number;
  n_outputs_max_per_seq: number;
  n_threads: number;
  n_threads_batch: number;
  ctx_type: number;
  rope_scaling_type: number;
  pooling_type: number;
  attention_type: number;
  flash_attn_type: number;
  rope_freq_base: number;
  rope_freq_scale: number;
  yarn_ext_factor: number;
  yarn_attn_factor: number;
  yarn_beta_fast: number;
  yarn_beta_slow: number;
  yarn_orig_ctx: number;
  defrag_thold: number;
  cb_eval: Pointer | null;
  cb_eval_user_data: Pointer | null;
  type_k: number;
  type_v: number;
  abort_callback: Pointer | null;
  abort_callback_data: Pointer | null;
  embeddings: boolean;
  offload_kqv: boolean;
  no_perf: boolean;
  op_offload: boolean;
  swa_full: boolean;
  kv_unified: boolean;
  samplers: Pointer | null;
  n_samplers: number;
  ctx_other: Pointer | null;
}

/** `struct llama_batch`. */
export interface BatchStruct {
  n_tokens: number;
  token: Pointer | null;
  embd: Pointer | null;
  pos: Pointer | null;
  n_seq_id: Pointer | null;
  seq_id: Pointer | null;
  logits: Pointer | null;
}

type Layout<T> = Record<keyof T, string>;

/** C types of `llama_model_params`, in order. */
export const MODEL_PARAMS: Layout<ModelParams> = {
  devices: 'void *',
  tensor_buft_overrides: 'void *',
  n_gpu_layers: 'int32_t',
  split_mode: 'int32_t',
  load_mode: 'int32_t',
  lazy_mode: 'int32_t',
  main_gpu: 'int32_t',
  tensor_split: 'void *',
  progress_callback: 'void *',
  progress_callback_user_data: 'void *',
  kv_overrides: 'void *',
  vocab_only: 'bool',
  check_tensors: 'bool',
  use_extra_bufts: 'bool',
  no_host: 'bool',
  no_alloc: 'bool',
  load_mtp: 'bool',
};

/** C types of `llama_context_params`, in order. */
export const CONTEXT_PARAMS: Layout<ContextParams> = {
  n_ctx: 'uint32_t',
  n_batch: 'uint32_t',
  n_ubatch: 'uint32_t',
  n_seq_max: 'uint32_t',
  n_rs_seq: 'uint32_t',
  n_outputs_max: 'uint32_t',
  n_outputs_max_per_seq: 'uint32_t',
  n_threads: 'int32_t',
  n_threads_batch: 'int32_t',
  ctx_type: 'int32_t',
  rope_scaling_type: 'int32_t',
  pooling_type: 'int32_t',
  attention_type: 'int32_t',
  flash_attn_type: 'int32_t',
  rope_freq_base: 'float',
  rope_freq_scale: 'float',
  yarn_ext_factor: 'float',
  yarn_attn_factor: 'float',
  yarn_beta_fast: 'float',
  yarn_beta_slow: 'float',
  yarn_orig_ctx: 'uint32_t',
  defrag_thold: 'float',
  cb_eval: 'void *',
  cb_eval_user_data: 'void *',
  type_k: 'int32_t',
  type_v: 'int32_t',
  abort_callback: 'void *',
  abort_callback_data: 'void *',
  embeddings: 'bool',
  offload_kqv: 'bool',
  no_perf: 'bool',
  op_offload: 'bool',
  swa_full: 'bool',
  kv_unified: 'bool',
  samplers: 'void *',
  n_samplers: 'size_t',
  ctx_other: 'void *',
};

/** C types of `llama_batch`, in order. */
export const BATCH: Layout<BatchStruct> = {
  n_tokens: 'int32_t',
  token: 'void *',
  embd: 'void *',
  pos: 'void *',
  n_seq_id: 'void *',
  seq_id: 'void *',
  logits: 'void *',
};

/** What `llama_model_default_params` returns in that release. */
export const KNOWN_MODEL_DEFAULTS: Partial<ModelParams> = {
  devices: null,
  n_gpu_layers: -1,
  split_mode: 1,
  load_mode: -1,
  lazy_mode: 1,
  main_gpu: 0,
  kv_overrides: null,
  vocab_only: false,
  use_extra_bufts: true,
  no_host: false,
  load_mtp: false,
};
/** What `llama_context_default_params` returns in that release. */
export const KNOWN_CONTEXT_DEFAULTS: Partial<ContextParams> = {
  n_ctx: 512,
  n_batch: 2048,
  n_ubatch: 512,
  n_seq_max: 1,
  n_outputs_max: 0,
  n_outputs_max_per_seq: 1,
  rope_scaling_type: -1,
  pooling_type: -1,
  attention_type: -1,
  flash_attn_type: -1,
  yarn_ext_factor: -1,
  defrag_thold: -1,
  cb_eval: null,
  type_k: 1,
  type_v: 1,
  embeddings: false,
  offload_kqv: true,
  no_perf: true,
  op_offload: true,
  swa_full: true,
  kv_unified: false,
  samplers: null,
  n_samplers: 0,
  ctx_other: null,
};

/** `GGML_MAX_N_THREADS`. */
export const MOST_CPU_THREADS = 512;

/** `struct ggml_threadpool_params`. */
export interface ThreadPoolParams {
  cpumask: readonly boolean[];
  n_threads: number;
  prio: number;
  poll: number;
  strict_cpu: boolean;
  paused: boolean;
}

/** C types of `ggml_threadpool_params`, in order; `cpumask` is an array of `MOST_CPU_THREADS`. */
export const THREAD_POOL_PARAMS: Layout<ThreadPoolParams> = {
  cpumask: 'bool',
  n_threads: 'int',
  prio: 'int',
  poll: 'uint32_t',
  strict_cpu: 'bool',
  paused: 'bool',
};

/** What `ggml_threadpool_params_default(3)` returns in that release. */
export const KNOWN_THREAD_POOL_DEFAULTS: Partial<ThreadPoolParams> = {
  n_threads: 3,
  prio: 0,
  poll: 50,
  strict_cpu: false,
  paused: false,
};

/** Names the first field whose value is not the known one; null when all agree. */
export function firstDifference<T extends object>(found: T, known: Partial<T>): string | null {
  for (const [name, value] of Object.entries(known)) {
    if (found[name as keyof T] !== value) return name;
  }
  return null;
}
