import { defaultThreads } from '../packages/server/src/services.ts';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** A bench that cannot run, with the one sentence that says what to do. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}

/** What `npm run bench --` was told. */
export interface BenchOptions {
  /** Benches in the order asked for; none means that they are to be listed. */
  readonly names: readonly string[];
  /** Null: each bench has its own number. */
  readonly rounds: number | null;
  /** The state folder with the weights; null: the one that the server uses. */
  readonly home: string | null;
  /** The least that shows that a bench works; its figures mean nothing. */
  readonly quick: boolean;
  /** The language model of the bench `chat`. */
  readonly model: string;
  /** CPU threads of each model; by default what the server takes. */
  readonly threads: number;
}

const FLAGS = {
  rounds: { type: 'string' },
  home: { type: 'string' },
  quick: { type: 'boolean', default: false },
  model: { type: 'string', default: 'smollm2-135m-instruct-q4_1' },
  threads: { type: 'string' },
} as const;

/** Reads the command line; `known` are the benches there are, and `all` stands for them. Throws BenchError for anything else. */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const names = positionals.includes('all') ? known : [...new Set(positionals)];
  const stray = names.find((name) => !known.includes(name));
  if (stray !== undefined) throw new BenchError(`there is no bench "${stray}"; there are: ${known.join(', ')}, all`);
  return {
    names,
    rounds: values.rounds === undefined ? null : count('rounds', values.rounds),
    home: values.home === undefined ? null : resolve(values.home),
    quick: values.quick,
    model: values.model,
    threads: values.threads === undefined ? defaultThreads(availableParallelism()) : count('threads', values.threads),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new BenchError((error as Error).message, { cause: error });
  }
}

function count(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new BenchError(`--${flag} wants a whole number from 1, not "${text}"`);
}
