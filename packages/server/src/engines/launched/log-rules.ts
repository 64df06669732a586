import type { LoadProgress } from '../engine-process.ts';

/** What a line of an engine's log tells of its load. */
export interface LogRule {
  readonly pattern: RegExp;
  readonly stage: string;
  /** The part of the whole load that is over when the line appears, 0 to 1. */
  readonly from: number;
  /** Where the pattern's first group is a percentage: the part that is over at 100 %. */
  readonly to?: number;
}

/** Follows a load by the engine's log; several processes may tell of the same stage, so that it never goes back. */
export class LoadFollower {
  readonly #rules: readonly LogRule[];
  readonly #tell: (progress: LoadProgress) => void;
  #fraction = 0;

  constructor(rules: readonly LogRule[], tell: (progress: LoadProgress) => void) {
    this.#rules = rules;
    this.#tell = tell;
  }

  read(line: string): void {
    for (const { pattern, stage, from, to } of this.#rules) {
      const match = pattern.exec(line);
      if (match === null) continue;
      const percent = to === undefined ? Number.NaN : Number(match[1]);
      const fraction = to === undefined || Number.isNaN(percent) ? from : from + ((to - from) * percent) / 100;
      if (fraction <= this.#fraction) return;
      this.#fraction = fraction;
      this.#tell({ stage, fraction: Math.round(fraction * 1_000) / 1_000 });
      return;
    }
  }
}

/** Lines by which engines say that memory did not suffice: of PyTorch, vLLM, SGLang, TensorRT-LLM and ggml. */
const OUT_OF_MEMORY = new RegExp(
  [
    '(CUDA|HIP|NPU) (error: )?out of memory',
    'OutOfMemoryError',
    'cudaErrorMemoryAllocation',
    'cudaMalloc failed',
    'No available memory for the cache blocks',
    'is less than desired GPU memory utilization',
    'KV cache is needed, which is larger than the available',
    'larger than the maximum number of tokens that can be stored in KV cache',
    'Not enough memory\\. Please try to increase --mem-fraction-static',
    'failed to allocate (buffer|compute)',
    'unable to allocate .*buffer',
    'Cannot allocate memory',
    'std::bad_alloc',
  ].join('|'),
  'i',
);
const BIND_FAILED = /address already in use|EADDRINUSE|couldn't bind|could not bind|failed to bind/i;
const ERROR = /\b[A-Z]\w*(Error|Exception): \S|\berror: \S|\bfailed to load model\b|exiting due to/;

/** What an engine's log says of why a load failed. */
export class FailureFinder {
  #outOfMemory: string | null = null;
  #error: string | null = null;
  #bindFailed = false;

  /** The line that told of too little memory; null when none did. */
  get outOfMemory(): string | null {
    return this.#outOfMemory;
  }

  /** Whether its port was taken. */
  get bindFailed(): boolean {
    return this.#bindFailed;
  }

  /** The first line that names an error: later ones tell of its consequences. */
  get error(): string | null {
    return this.#outOfMemory ?? this.#error;
  }

  read(line: string): void {
    if (OUT_OF_MEMORY.test(line)) this.#outOfMemory ??= line;
    if (BIND_FAILED.test(line)) this.#bindFailed = true;
    if (ERROR.test(line)) this.#error ??= line;
  }
}
