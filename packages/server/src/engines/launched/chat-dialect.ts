/** In which words an engine wants what OpenAI's API has no words for. */
export interface ChatDialect {
  readonly engine: 'vllm' | 'sglang' | 'trtllm' | 'llama-server';
  /** The name that the engine serves the model under. */
  readonly servedName: string;
  /** vLLM, SGLang and TensorRT-LLM say `repetition_penalty`, llama-server `repeat_penalty`. */
  readonly repeatPenalty: 'repetition_penalty' | 'repeat_penalty';
  /** How `top_k` says that every token may be taken. */
  readonly topKOff: 0 | -1;
  /** Parts the cached prefixes of those who must not notice each other's (CVE-2025-46570); null where the engine has no word for it. */
  readonly cacheSalt: string | null;
  /** Whether it was started so that it finds calls of functions in an answer. */
  readonly readsCalls: boolean;
}
