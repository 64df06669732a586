import { createHash, randomUUID } from 'node:crypto';
import {
  openSync,
  closeSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ParkedState } from './parked-states.ts';

/**
 * A file: magic, length of the header as 4 bytes little endian, the header as JSON, the tokens as 4 bytes each, and the state
 * as llama.cpp gave it. The digest covers tokens and state.
 */
const MAGIC = 'CONCERTKV1\n';
const ENDING = '.kv';
const UNFINISHED = '.kv-new';
const TOKEN_BYTES = 4;
const MOST_HEADER_BYTES = 4096;

const Header = z.object({
  /** Weights, library and settings that the state belongs to. */
  identity: z.string(),
  scope: z.string(),
  tokens: z.int().min(1),
  stateBytes: z.int().min(1),
  sha256: z.string(),
});
type Header = z.infer<typeof Header>;

export interface SaveOptions {
  readonly folder: string;
  /** Most bytes of all files together. */
  readonly bytes: number;
  readonly identity: string;
  /** Milliseconds of evaluating so many tokens instead; null while unknown. */
  readonly promptMs: (tokens: number) => number | null;
  /** Milliseconds. */
  readonly now: () => number;
  /** Nothing more is begun after so many milliseconds. */
  readonly withinMs: number;
}

/**
 * Writes states to files of their own that only this user may read, the first of the list first, as far as bytes and time
 * reach and reading them is faster than evaluating their tokens again. Files of before go. Returns how many were written.
 */
export function saveStates(states: readonly ParkedState[], options: SaveOptions): number {
  const start = options.now();
  const stale = new Set(filesIn(options.folder));
  let [left, written, bytesPerMs] = [options.bytes, 0, Infinity];
  for (const state of states) {
    if (options.now() - start > options.withinMs) break;
    const size = state.dataBytes + state.tokens.length * TOKEN_BYTES + MOST_HEADER_BYTES;
    const computeMs = options.promptMs(state.tokens.length) ?? Infinity;
    if (size > left || size / bytesPerMs > computeMs) continue;
    const data = state.read();
    if (data === null || data.length + size - state.dataBytes > left) continue;
    const begun = options.now();
    writeState(options.folder, state, data, options.identity);
    const whole = data.length + size - state.dataBytes;
    bytesPerMs = whole / Math.max(1, options.now() - begun);
    left -= whole;
    written++;
  }
  for (const name of stale) rmSync(join(options.folder, name), { force: true });
  return written;
}

/** The states that were saved under the same identity, the least recently used first; files that don't match are removed. */
export function findStates(folder: string, identity: string): readonly ParkedState[] {
  const found: { readonly state: ParkedState; readonly at: number }[] = [];
  for (const name of filesIn(folder)) {
    const path = join(folder, name);
    const state = name.endsWith(ENDING) ? openState(path, identity) : null;
    if (state === null) rmSync(path, { force: true });
    else found.push({ state, at: statSync(path).mtimeMs });
  }
  // The most recently used one was written first.
  return found.sort((a, b) => b.at - a.at).map(({ state }) => state);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(ENDING) || name.endsWith(UNFINISHED));
}

function writeState(folder: string, state: ParkedState, data: Uint8Array, identity: string): void {
  const tokens = Buffer.from(Int32Array.from(state.tokens).buffer);
  const header: Header = {
    identity,
    scope: state.scope,
    tokens: state.tokens.length,
    stateBytes: data.length,
    sha256: digestOf(tokens, data),
  };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const name = randomUUID();
  const unfinished = join(folder, `${name}${UNFINISHED}`);
  writeFileSync(unfinished, Buffer.concat([Buffer.from(MAGIC), length, json, tokens, data]), {
    mode: 0o600,
    flag: 'wx',
  });
  renameSync(unfinished, join(folder, `${name}${ENDING}`));
}

/** Reads header and tokens; the state itself is read and checked when it is wanted. */
function openState(path: string, identity: string): ParkedState | null {
  const file = openSync(path, 'r');
  try {
    const lead = readAt(file, 0, MAGIC.length + 4);
    if (lead.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
    const headerBytes = lead.readUInt32LE(MAGIC.length);
    if (headerBytes > MOST_HEADER_BYTES) return null;
    const header = headerOf(readAt(file, lead.length, headerBytes).toString());
    const start = lead.length + headerBytes;
    if (header?.identity !== identity) return null;
    const size = start + header.tokens * TOKEN_BYTES + header.stateBytes;
    if (statSync(path).size !== size) return null;
    const bytes = readAt(file, start, header.tokens * TOKEN_BYTES);
    const tokens = Array.from({ length: header.tokens }, (_, index) => bytes.readInt32LE(index * TOKEN_BYTES));
    const read = (): Uint8Array | null => readState(path, start, header);
    // On disk it takes no memory, so it never has to make room for others.
    return { tokens, scope: header.scope, bytes: 0, dataBytes: header.stateBytes, read };
  } finally {
    closeSync(file);
  }
}

function readState(path: string, start: number, header: Header): Uint8Array | null {
  let whole: Buffer;
  try {
    whole = readFileSync(path);
  } catch {
    // Removed meanwhile: then its tokens are evaluated again.
    return null;
  }
  const tokens = whole.subarray(start, start + header.tokens * TOKEN_BYTES);
  const state = whole.subarray(start + tokens.length);
  if (state.length === header.stateBytes && digestOf(tokens, state) === header.sha256) return state;
  rmSync(path, { force: true });
  return null;
}

function digestOf(tokens: Uint8Array, state: Uint8Array): string {
  return createHash('sha256').update(tokens).update(state).digest('hex');
}

function readAt(file: number, position: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  const read = readSync(file, buffer, 0, bytes, position);
  return buffer.subarray(0, read);
}

function headerOf(text: string): Header | null {
  try {
    return Header.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
