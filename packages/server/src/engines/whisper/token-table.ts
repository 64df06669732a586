import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * sherpa-onnx drops bytes that are no whole character from every token by itself, and with them each Chinese character that
 * Whisper spells with two tokens. So it is given a table in which every token is the hex of its bytes; what it hears then
 * comes as hex, too, and becomes text again here.
 */
export function hexTokenTable(table: string): string {
  return table.replaceAll(/^(\S+) (\d+)$/gm, (line, base64: string, id: string) => {
    const hex = Buffer.from(base64, 'base64').toString('hex');
    // An empty token stays as it is: "=" stands for no bytes.
    return hex === '' ? line : `${Buffer.from(hex).toString('base64')} ${id}`;
  });
}

/** The text that tokens of such a table stand for; a character cut off at the end is left out. */
export function textOfHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('utf8').replaceAll('\ufffd', '');
}

/** Lends `use` the path of a file with the hex form of the token table at `path`, and removes it afterwards. */
export async function withHexTokens<T>(path: string, use: (hexPath: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'concert-whisper-'));
  try {
    const hexPath = join(folder, 'tokens.txt');
    await writeFile(hexPath, hexTokenTable(await readFile(path, 'utf8')));
    return await use(hexPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
