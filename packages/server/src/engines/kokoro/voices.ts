import { readFile } from 'node:fs/promises';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';

/** Rows and columns of a voice: one style of 256 numbers for each length of text, counted in phonemes. */
export const STYLE_ROWS = 510;
export const STYLE_SIZE = 256;

const NPY_MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/**
 * A voice from an `.npy` file of version 1 (numpy.lib.format): little-endian float32 in C order, shape [510, 1, 256]. Throws an
 * Error that names the voice where the bytes are anything else.
 */
export function readVoice(name: string, npy: Uint8Array): Float32Array {
  const bytes = Buffer.from(npy.buffer, npy.byteOffset, npy.byteLength);
  if (bytes.length < 10 || !bytes.subarray(0, 6).equals(NPY_MAGIC) || bytes[6] !== 1) {
    throw new Error(`the voice ${name} is not a version 1 .npy array`);
  }
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(10, start).toString('latin1');
  const fits =
    header.includes("'<f4'") && header.includes('False') && header.includes(`(${STYLE_ROWS}, 1, ${STYLE_SIZE})`);
  if (!fits || bytes.length !== start + STYLE_ROWS * STYLE_SIZE * 4) {
    throw new Error(`the voice ${name} is not a float32 array of ${STYLE_ROWS} x 1 x ${STYLE_SIZE} numbers`);
  }
  return new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer);
}

/** Every voice of an `.npz` file (a zip of `.npy` arrays) by its name. Throws an Error where the file is damaged. */
export async function readVoices(path: string): Promise<ReadonlyMap<string, Float32Array>> {
  const zip = await openZip(await readFile(path));
  const voices = new Map<string, Float32Array>();
  const done = new Promise<void>((resolve, reject) => {
    zip.once('end', resolve);
    zip.once('error', reject);
    zip.on('entry', (entry: Entry) => {
      readEntry(zip, entry)
        .then((bytes) => {
          const name = entry.fileName.replace(/\.npy$/, '');
          voices.set(name, readVoice(name, bytes));
          zip.readEntry();
        })
        .catch(reject);
    });
  });
  zip.readEntry();
  await done;
  if (voices.size === 0) throw new Error('the file of voices holds none');
  return voices;
}

function openZip(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => (error === null ? resolve(zip) : reject(error)));
  });
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(error)));
  });
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
