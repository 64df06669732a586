import { createHash } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { crc32, deflateRawSync } from 'node:zlib';

/** A zip archive of these members, deflated, as a wheel is one. */
export function makeZip(members: Readonly<Record<string, Buffer>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const packed = deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, tail, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  const count = Object.keys(members).length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, listing, end]);
}

/** A package that the fake pip knows. */
export interface FakePackage {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly wheel: Buffer;
}

/** Writes an executable that answers `-m pip install --dry-run --report -` for these packages, and fails for others as pip does. */
export async function writeFakePython(path: string, packages: readonly FakePackage[]): Promise<void> {
  const known = Object.fromEntries(
    packages.map(({ name, version, url, wheel }) => {
      const sha256 = createHash('sha256').update(wheel).digest('hex');
      const report = { metadata: { name, version }, download_info: { url, archive_info: { hashes: { sha256 } } } };
      return [`${name}==${version}`, report];
    }),
  );
  const script = `#!${process.execPath}
const known = ${JSON.stringify(known)};
const wanted = process.argv.filter((arg) => arg.includes('=='));
const unknown = wanted.find((pin) => known[pin] === undefined);
if (unknown !== undefined) {
  console.error('ERROR: No matching distribution found for ' + unknown);
  process.exit(1);
}
console.log(JSON.stringify({ version: '1', install: wanted.map((pin) => known[pin]) }));
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
}
