import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseLogFile, createLog, prettyLine } from './create-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concert-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a line for people has time, level, sentence and the fields that add something', () => {
  const line = JSON.stringify({
    level: 'info',
    time: '2026-01-02T03:04:05.006Z',
    model: 'm',
    bytes: 3,
    msg: 'Ready to serve requests...',
  });
  expect(prettyLine(line)).toBe('03:04:05 INFO: Ready to serve requests...  (model=m bytes=3)\n');
});

test('a cause is shown beneath its line', () => {
  const line = JSON.stringify({ level: 'error', time: '', msg: 'failed', err: { stack: 'Error: why\n    at here' } });
  expect(prettyLine(line)).toContain('ERROR: failed\n  Error: why\n      at here');
});

test('the file gets the same lines as JSON, and secrets stay out of both', async () => {
  const file = join(folder, 'deep', 'server.log');
  let screen = '';
  const { log, flush } = createLog({
    level: 'info',
    file,
    pretty: true,
    output: { write: (text: string) => (screen += text) },
  });
  log.debug({}, 'too small to keep');
  log.warn({ token: 'abc123', request: { authorization: 'Bearer abc123' } }, 'a warning');
  await new Promise((resolve) => setTimeout(resolve, 50));
  flush();
  const kept = readFileSync(file, 'utf8').trim().split('\n');
  expect(kept).toHaveLength(1);
  expect(JSON.parse(kept[0] ?? '')).toMatchObject({ level: 'warn', msg: 'a warning', token: '[secret]' });
  expect(screen).toContain('WARNING: a warning');
  expect(screen + kept.join('')).not.toContain('abc123');
});

test('a log file that cannot be opened is a sentence that says what to do', () => {
  const options = { level: 'info', file: folder, pretty: false, output: { write: () => undefined } } as const;
  expect(() => createLog(options)).toThrow(/cannot be written; name another with --log-file/);
});

test('the log lies in the system folder where that can be written, else in the state folder', () => {
  expect(chooseLogFile(join(folder, 'home'), join(folder, 'autoglm-server.log'))).toBe(
    join(folder, 'autoglm-server.log'),
  );
  const fallback = chooseLogFile(join(folder, 'home'), join(folder, 'absent', 'autoglm-server.log'));
  expect(fallback).toBe(join(folder, 'home', 'logs', 'autoglm-server.log'));
});
