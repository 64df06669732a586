import type { BenchOptions } from './options.ts';
import type { Findings } from './report.ts';

/** What a bench is given. */
export interface BenchContext extends Omit<BenchOptions, 'names' | 'rounds' | 'home'> {
  /** The state folder that holds the weights. */
  readonly home: string;
  readonly rounds: number;
}

/** One thing that can be measured. */
export interface Bench {
  readonly name: string;
  /** What it measures, in a sentence. */
  readonly sentence: string;
  /** Rounds where none are asked for. */
  readonly rounds: number;
  /** Whether it takes a model's name; then each model has a result of its own. */
  readonly byModel?: boolean;
  /** Left out of `all`: it takes very long, or installs something. */
  readonly apart?: boolean;
  /** Throws BenchError, with the sentence to show, when it cannot run. */
  run(context: BenchContext): Promise<Findings>;
}
