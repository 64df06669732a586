import { open } from 'node:fs/promises';
import { z } from 'zod';

/** What the header of a safetensors file says of one tensor. */
export interface SafeTensor {
  readonly name: string;
  readonly bytes: number;
}

const LENGTH_BYTES = 8;
/** The format's own bound. */
const LARGEST_HEADER_BYTES = 100_000_000;

const Entry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(16),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/** Reads the header of a safetensors file (format: README of huggingface/safetensors). Throws an Error that says what is wrong with it. */
export async function readSafetensors(path: string): Promise<readonly SafeTensor[]> {
  await using file = await open(path);
  const { size } = await file.stat();
  const start = await file.read({ buffer: Buffer.alloc(LENGTH_BYTES), position: 0 });
  if (start.bytesRead < LENGTH_BYTES) throw damaged('it is empty');
  const claimed = start.buffer.readBigUInt64LE(0);
  if (claimed > BigInt(Math.min(size - LENGTH_BYTES, LARGEST_HEADER_BYTES))) {
    throw damaged(`its header claims ${claimed} bytes`);
  }
  const length = Number(claimed);
  const { buffer } = await file.read({ buffer: Buffer.alloc(length), position: LENGTH_BYTES });
  return parseSafetensors(buffer.toString('utf8'), size - LENGTH_BYTES - length);
}

/** The header's text, for a file with so many bytes of data behind it. */
export function parseSafetensors(text: string, dataBytes: number): readonly SafeTensor[] {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw damaged('its header is no JSON', error);
  }
  if (typeof values !== 'object' || values === null) throw damaged('its header is no object');
  return Object.entries(values).flatMap(([name, value]) => {
    if (name === '__metadata__') return [];
    const parsed = Entry.safeParse(value);
    if (!parsed.success) throw damaged(`the tensor ${name.slice(0, 80)} is not described as the format wants it`);
    const [begin, end] = parsed.data.data_offsets;
    if (begin > end || end > dataBytes) throw damaged('a tensor lies outside of the file: it was cut off');
    return [{ name, bytes: end - begin }];
  });
}

function damaged(what: string, cause?: unknown): Error {
  return new Error(`the safetensors file is damaged: ${what}; pull it again`, { cause });
}
