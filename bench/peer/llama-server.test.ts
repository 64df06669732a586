import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLlamaServer } from './llama-server.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concert-peer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a llama-server that is not there is said with the command that builds it', () => {
  const path = join(folder, 'nowhere');
  expect(() => findLlamaServer(path)).toThrow(`there is no llama-server at ${path}`);
  expect(() => findLlamaServer(path)).toThrow('node scripts/build-llama-server.mjs');
});

test('the batch benchmark is looked for beside it', () => {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const server = join(folder, `llama-server${suffix}`);
  writeFileSync(server, '');
  expect(findLlamaServer(server)).toEqual({ server, batchedBench: null });
  const batchedBench = join(folder, `llama-batched-bench${suffix}`);
  writeFileSync(batchedBench, '');
  expect(findLlamaServer(server).batchedBench).toBe(batchedBench);
});
