import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readVoice, readVoices, STYLE_ROWS, STYLE_SIZE } from './voices.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voices-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A .npy file of version 1. */
function npy(values: Float32Array, shape = `(${STYLE_ROWS}, 1, ${STYLE_SIZE})`, type = '<f4'): Buffer {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    length,
    Buffer.from(header),
    Buffer.from(values.buffer),
  ]);
}

/** A zip of one stored file. */
function zip(name: string, content: Buffer): Buffer {
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt32LE(crc32(content), 10);
  shared.writeUInt32LE(content.length, 14);
  shared.writeUInt32LE(content.length, 18);
  shared.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), content]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

const values = Float32Array.from({ length: STYLE_ROWS * STYLE_SIZE }, (_, at) => at / 7);

test('an .npy array is read as it was written', () => {
  expect(readVoice('one', npy(values))).toEqual(values);
});

test('arrays of another shape, type or length are refused by name', () => {
  expect(() => readVoice('one', npy(values, '(510, 256)'))).toThrow(
    /voice one is not a float32 array of 510 x 1 x 256/,
  );
  expect(() => readVoice('one', npy(values, undefined, '<f8'))).toThrow(/voice one/);
  expect(() => readVoice('one', npy(values).subarray(0, -4))).toThrow(/voice one/);
  expect(() => readVoice('one', Buffer.from('nothing'))).toThrow(/not a version 1 .npy array/);
});

test('the voices of an .npz have the names of its files', async () => {
  const path = join(folder, 'voices.npz');
  await writeFile(path, zip('jm_one.npy', npy(values)));
  const voices = await readVoices(path);
  expect(Array.from(voices.keys())).toEqual(['jm_one']);
  expect(voices.get('jm_one')?.[1000]).toBe(values[1000]);
});

test('a file that is no zip, or holds a damaged voice, is refused', async () => {
  const path = join(folder, 'voices.npz');
  await writeFile(path, 'not a zip');
  await expect(readVoices(path)).rejects.toThrow();
  await writeFile(path, zip('jm_one.npy', Buffer.from('damaged')));
  await expect(readVoices(path)).rejects.toThrow(/voice jm_one/);
});
