import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createEspeakFolder } from './espeak-folder.ts';

const store = mkdtempSync(join(tmpdir(), 'concert-test-'));
writeFileSync(join(store, 'dict'), 'words');
const files = { dict: join(store, 'dict') };
afterAll(() => rmSync(store, { recursive: true }));

test('files stand where the layout puts them until the folder is removed', async () => {
  const folder = await createEspeakFolder(files, { dict: 'lang/en/dict' });
  expect(readFileSync(join(folder.path, 'lang/en/dict'), 'utf8')).toBe('words');
  expect(statSync(folder.path).mode & 0o077).toBe(0);
  await folder.remove();
  expect(existsSync(folder.path)).toBe(false);
  expect(existsSync(files.dict)).toBe(true);
});

test('what a cleaner took is put back', async () => {
  const folder = await createEspeakFolder(files, { dict: 'dict' });
  rmSync(folder.path, { recursive: true });
  await folder.ensure();
  expect(readFileSync(join(folder.path, 'dict'), 'utf8')).toBe('words');
  await folder.remove();
});

test('a file that is not listed, or a place outside, is refused', async () => {
  await expect(createEspeakFolder(files, { other: 'x' })).rejects.toThrow(/no file other/);
  await expect(createEspeakFolder(files, { dict: '../x' })).rejects.toThrow(/outside/);
  await expect(createEspeakFolder(files, { dict: '/etc/x' })).rejects.toThrow(/outside/);
});

test('the folder of a process that was killed goes when the next one is made', async () => {
  const host = hostname().replaceAll(/[^A-Za-z0-9.-]/g, '');
  // No process has this id: it is above every system's limit.
  const leftover = join(tmpdir(), `concert-espeak-${host}-999999999-abcdef`);
  mkdirSync(leftover);
  const folder = await createEspeakFolder(files, { dict: 'dict' });
  expect(existsSync(leftover)).toBe(false);
  await folder.remove();
});
