import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../shared/errors.ts';

/** A form as it was sent; a field or file may occur several times. */
export interface Form {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly files: ReadonlyMap<string, readonly Buffer[]>;
}

/** Names under which files are sent; some clients leave out that they are files. */
const FILES = ['file', 'image'];
const MAX_FIELD_BYTES = 1024 * 1024;
const MAX_PARTS = 200;

/** Takes a multipart body apart. Throws `invalid_request` when it is not one. */
export function readForm(headers: IncomingHttpHeaders, body: Buffer): Promise<Form> {
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string[]>();
    const files = new Map<string, Buffer[]>();
    const fail = (what: string, cause?: unknown): void =>
      reject(new GatewayError('invalid_request', `the multipart form ${what}`, { cause }));
    const parser = createParser(headers, fail);
    if (parser === null) return;
    parser.on('field', (name, value, _nameTruncated, truncated) => {
      if (truncated) fail(`has a field of more than ${MAX_FIELD_BYTES} bytes; send long data as a file`);
      append(fields, name, value);
    });
    parser.on('file', (name, file) => {
      const chunks: Buffer[] = [];
      file.on('data', (chunk: Buffer) => chunks.push(chunk));
      file.on('error', (error) => fail('has a file that breaks off; send it whole', error));
      file.on('end', () => append(files, name, Buffer.concat(chunks)));
    });
    parser.on('partsLimit', () => fail(`has more than ${MAX_PARTS} parts`));
    parser.on('error', (error) => fail('is cut off or damaged; send it whole, ended by its boundary', error));
    parser.on('finish', () => resolve({ fields, files }));
    parser.end(body);
  });
}

function createParser(
  headers: IncomingHttpHeaders,
  fail: (what: string, cause: unknown) => void,
): BusboyInstance | null {
  try {
    return new Busboy({
      headers: headers as BusboyHeaders,
      isPartAFile: (name, type, filename) =>
        filename !== undefined || type === 'application/octet-stream' || FILES.includes(name ?? ''),
      limits: { fieldNameSize: 100, fieldSize: MAX_FIELD_BYTES, parts: MAX_PARTS, fileSize: Infinity },
    });
  } catch (error) {
    fail('names no boundary in its content-type', error);
    return null;
  }
}

function append<T>(map: Map<string, T[]>, name: string, value: T): void {
  const present = map.get(name);
  if (present === undefined) map.set(name, [value]);
  else present.push(value);
}
