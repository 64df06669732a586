import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { defaultThreads } from '../packages/server/src/services.ts';
import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

const KNOWN = ['chat', 'ocr'];

test('without a name nothing is run', () => {
  expect(parseOptions([], KNOWN)).toMatchObject({ names: [], rounds: null, home: null, quick: false });
});

test('all stands for every bench, and a bench named twice runs once', () => {
  expect(parseOptions(['all'], KNOWN).names).toEqual(KNOWN);
  expect(parseOptions(['ocr', 'ocr'], KNOWN).names).toEqual(['ocr']);
});

test('all leaves out what must be named', () => {
  expect(parseOptions(['all', 'soak'], ['chat', 'soak'], ['chat']).names).toEqual(['chat', 'soak']);
  expect(parseOptions(['all'], ['chat', 'soak'], ['chat']).names).toEqual(['chat']);
});

test('a bench that does not exist is refused with those that do', () => {
  expect(() => parseOptions(['video'], KNOWN)).toThrow('there is no bench "video"; there are: chat, ocr, all');
});

test('flags are read, and a relative folder is taken from the working folder', () => {
  const options = parseOptions(['chat', '--rounds', '3', '--home', 'weights', '--quick', '--threads=1'], KNOWN);
  expect(options).toMatchObject({ rounds: 3, quick: true, threads: 1 });
  expect(isAbsolute(options.home ?? '')).toBe(true);
  expect(options).toMatchObject({ llamaServer: null, cycles: null, minutes: null, memoryBudget: null, clients: null });
  const more = parseOptions(['soak', '--minutes', '2', '--memory-budget', '3GB', '--llama-server', 'x'], ['soak']);
  expect(more).toMatchObject({ minutes: 2, memoryBudget: '3GB' });
  expect(isAbsolute(more.llamaServer ?? '')).toBe(true);
  expect(parseOptions([], KNOWN).threads).toBe(defaultThreads(availableParallelism()));
});

test.each([
  ['--rounds', '0'],
  ['--rounds', 'many'],
  ['--threads', '1.5'],
  ['--speed'],
  ['--cycles', '0'],
  ['--minutes', 'long'],
  ['--clients', '-1'],
])('%s %s is refused', (...args) => {
  expect(() => parseOptions(args, KNOWN)).toThrow(args[0]);
});
