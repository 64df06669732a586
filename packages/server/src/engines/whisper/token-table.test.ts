import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hexTokenTable, textOfHex, withHexTokens } from './token-table.ts';

const base64 = (bytes: string | Buffer): string => Buffer.from(bytes as string).toString('base64');

test('tokens that hold parts of a character give the whole one together', () => {
  const bytes = Buffer.from('園');
  const table = `${base64(bytes.subarray(0, 2))} 0\n${base64(bytes.subarray(2))} 1\n${base64(' a')} 2\n= 3\n`;
  const tokens = hexTokenTable(table)
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
  expect(tokens.map(([, id]) => id)).toEqual(['0', '1', '2', '3']);
  const said = tokens.map(([token]) => Buffer.from(token, 'base64').toString()).join('');
  expect(textOfHex(said)).toBe('園 a');
});

test('a character that is cut off is left out', () => {
  expect(textOfHex(Buffer.from('好的').subarray(0, 5).toString('hex'))).toBe('好');
});

test('the lent file is gone afterwards, whether its use fails or not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  const path = join(folder, 'tokens.txt');
  await writeFile(path, `${base64('hi')} 0\n`);
  let lent = '';
  const text = await withHexTokens(path, (hexPath) => {
    lent = hexPath;
    return readFile(hexPath, 'utf8');
  });
  expect(text).toBe(`${base64('6869')} 0\n`);
  expect(existsSync(lent)).toBe(false);
  await expect(withHexTokens(path, (hexPath) => Promise.reject(new Error((lent = hexPath))))).rejects.toThrow();
  expect(existsSync(lent)).toBe(false);
  await rm(folder, { recursive: true });
});
