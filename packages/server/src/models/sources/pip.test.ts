import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Pip, wheelKey } from './pip.ts';

let folder: string;
const never = new AbortController().signal;
const wanted = [{ package: 'Some_Pkg', version: '1.0' }];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concert-pip-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A Python whose pip does what the script says. */
async function pipThat(script: string): Promise<Pip> {
  const path = join(folder, 'python');
  await writeFile(path, `#!${process.execPath}\n${script}\n`);
  await chmod(path, 0o755);
  return new Pip(['no-such-python', path]);
}

const report = (archive: object): string => {
  const item = {
    metadata: { name: 'some-pkg', version: '1.0' },
    download_info: { url: 'https://x.example/p.whl', ...archive },
  };
  return `console.log('WARNING: noise'); console.log(${JSON.stringify(JSON.stringify({ version: '1', install: [item] }))})`;
};

test('the report’s address and digest are found whatever the name’s spelling, in both forms pip has used', async () => {
  const sha256 = 'a'.repeat(64);
  for (const info of [{ hashes: { sha256 } }, { hash: `sha256=${sha256}` }]) {
    const found = await (await pipThat(report({ archive_info: info }))).locate(wanted, never);
    expect(found.get(wheelKey({ package: 'some.pkg', version: '1.0' }))).toEqual({
      url: 'https://x.example/p.whl',
      sha256,
    });
  }
});

test('a report without a digest names no address', async () => {
  expect((await (await pipThat(report({}))).locate(wanted, never)).size).toBe(0);
});

test('pip’s refusal is told in its own words, without addresses', async () => {
  const pip = await pipThat(
    "console.error('Looking\\nERROR: no luck at https://user:secret@x.example/simple/'); process.exit(1)",
  );
  await expect(pip.locate(wanted, never)).rejects.toThrow('pip says: no luck at (address)');
});

test('a Python without pip is told how to get it', async () => {
  const pip = await pipThat("console.error('/usr/bin/python3: No module named pip'); process.exit(1)");
  await expect(pip.locate(wanted, never)).rejects.toMatchObject({
    unreachable: true,
    message: expect.stringContaining('apt install python3-pip') as string,
  });
});

test('an abort ends pip and gives the signal’s reason', async () => {
  const pip = await pipThat('setInterval(() => undefined, 1000)');
  const stop = new AbortController();
  const asked = pip.locate(wanted, stop.signal);
  stop.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});

test('where pip cannot report, it downloads the wheel itself', async () => {
  const pip = await pipThat(
    "const at = process.argv[process.argv.indexOf('--dest') + 1]; require('fs').writeFileSync(at + '/some_pkg-1.0-py3-none-any.whl', 'x')",
  );
  expect(await pip.download({ package: 'some-pkg', version: '1.0' }, folder, never)).toBe(
    join(folder, 'some_pkg-1.0-py3-none-any.whl'),
  );
});

test('a wheel of another platform is asked for by itself, and never as sources', async () => {
  const seen = join(folder, 'seen');
  const pip = await pipThat(
    `require('fs').appendFileSync(${JSON.stringify(seen)}, process.argv.slice(2).join(' ') + '\\n'); console.log('{"install":[]}')`,
  );
  await pip.locate([...wanted, { package: 'other', version: '2', platform: 'manylinux2014_x86_64' }], never);
  const [own, foreign] = (await readFile(seen, 'utf8')).trim().split('\n');
  expect(own).toMatch(/Some_Pkg==1\.0$/);
  expect(own).not.toContain('--platform');
  expect(foreign).toMatch(/--only-binary :all: --platform manylinux2014_x86_64 --target \S+ other==2$/);
});
