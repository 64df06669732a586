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
  /** The language model of the benches that run one. */
  readonly model: string;
  /** CPU threads of each model; by default what the server takes. */
  readonly threads: number;
  /** Path of the llama-server to compare with; null: the built one, or that of the PATH. */
  readonly llamaServer: string | null;
  /** Loads and unloads of the bench `lifecycle`; null: its own number. */
  readonly cycles: number | null;
  /** How long the bench `soak` runs; null: its own time. */
  readonly minutes: number | null;
  /** The memory budget of the bench `soak`, as the server's flag takes it; null: two models fit. */
  readonly memoryBudget: string | null;
  /** Clients of the bench `soak`; null: its own number. */
  readonly clients: number | null;
}

/** The language model that is measured where none is named. */
export const DEFAULT_MODEL = 'smollm2-135m-instruct-q4_1';

const FLAGS = {
  rounds: { type: 'string' },
  home: { type: 'string' },
  quick: { type: 'boolean', default: false },
  model: { type: 'string', default: DEFAULT_MODEL },
  threads: { type: 'string' },
  'llama-server': { type: 'string' },
  cycles: { type: 'string' },
  minutes: { type: 'string' },
  'memory-budget': { type: 'string' },
  clients: { type: 'string' },
} as const;

/** Reads the command line; `known` are the names there are, and `all` stands for some of them. Throws BenchError for anything else. */
export function parseOptions(args: readonly string[], known: readonly string[], all = known): BenchOptions {
  const { values, positionals } = parse(args);
  const names = [...new Set(positionals.flatMap((name) => (name === 'all' ? all : [name])))];
  const stray = names.find((name) => !known.includes(name));
  if (stray !== undefined) throw new BenchError(`there is no bench "${stray}"; there are: ${known.join(', ')}, all`);
  return {
    names,
    rounds: optionalCount('rounds', values.rounds),
    home: values.home === undefined ? null : resolve(values.home),
    quick: values.quick,
    model: values.model,
    threads: values.threads === undefined ? defaultThreads(availableParallelism()) : count('threads', values.threads),
    llamaServer: values['llama-server'] === undefined ? null : resolve(values['llama-server']),
    cycles: optionalCount('cycles', values.cycles),
    minutes: optionalCount('minutes', values.minutes),
    memoryBudget: values['memory-budget'] ?? null,
    clients: optionalCount('clients', values.clients),
  };
}

function optionalCount(flag: string, text: string | undefined): number | null {
  return text === undefined ? null : count(flag, text);
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
