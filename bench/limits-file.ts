import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchContext } from './bench.ts';

/** How the central model is to run. */
export interface Limits {
  /** Streams at once. */
  readonly sequences: number;
  /** Tokens of each, prompt and answer together. */
  readonly sequenceTokens: number;
  /** More of the configuration. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A configuration file; it is removed when it is disposed of. */
export interface ConfigFile extends Disposable {
  readonly path: string;
}

/** A configuration file with these limits of the central model. */
export function limitsFile({ sequences, sequenceTokens, more }: Limits): ConfigFile {
  return configFile({ max_num_seqs: sequences, max_seq_len: sequenceTokens, ...more });
}

/** A configuration file with these values. */
export function configFile(values: Readonly<Record<string, unknown>>): ConfigFile {
  const folder = mkdtempSync(join(tmpdir(), 'concert-bench-'));
  const path = join(folder, 'concert.yaml');
  // YAML includes JSON.
  writeFileSync(path, JSON.stringify(values));
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Settings of the engine that runs the language model, for a configuration file; without a measurement of its own it takes all threads. */
export function engineSettings(
  { model }: Pick<BenchContext, 'model'>,
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { models: { [model]: { settings: { calibrate: false, ...settings } } } };
}
