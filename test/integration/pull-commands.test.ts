import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CliDeps } from '../../packages/server/src/cli/cli-deps.ts';
import { runModels } from '../../packages/server/src/cli/models.ts';
import { runPull } from '../../packages/server/src/cli/pull.ts';
import { runVerify } from '../../packages/server/src/cli/verify.ts';
import type { CatalogueEntry } from '../../packages/server/src/models/catalogue/catalogue-schema.ts';
import { systemProbe } from '../../packages/server/src/machine/probe.ts';
import { catalogueOf, loadCatalogue } from '../../packages/server/src/models/catalogue/catalogue.ts';
import { FileStore } from '../../packages/server/src/models/store/store.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { FakeHub } from './fake-hub.ts';
import { digestOf, hubEntry, never } from './pull-fixture.ts';

let hub: FakeHub;
let home: string;
let printed: string[];

beforeEach(async () => {
  hub = await FakeHub.start();
  home = await mkdtemp(join(tmpdir(), 'concert-cli-'));
  printed = [];
});
afterEach(async () => {
  await hub.stop();
  await rm(home, { recursive: true, force: true });
});

function depsWith(...entries: CatalogueEntry[]): CliDeps {
  return {
    store: new FileStore({ home, catalogue: catalogueOf(entries), log: silentLog }),
    sources: { order: ['huggingface'], huggingfaceEndpoint: hub.endpoint, retryDelaysMs: [] },
    keepImported: false,
    profile: 'auto',
    probe: systemProbe(),
    log: silentLog,
    signal: never,
    print: (line) => void printed.push(line),
    progress: { write: () => undefined },
  };
}

describe('concert pull, verify, models', () => {
  const content = Buffer.from('weights');

  test('a pulled model is listed as ready and verifies', async () => {
    hub.files.set('m.gguf', { content });
    const deps = depsWith(hubEntry('m', { 'm.gguf': content }));
    expect(await runPull({ ids: ['m'] }, deps)).toBe(0);
    expect(printed[0]).toBe('ready    m');
    expect(await runVerify({ ids: [] }, deps)).toBe(0);
    expect(await runModels(deps)).toBe(0);
    expect(printed.at(-1)).toMatch(/^m +chat +ready +7 B/m);
  });

  test('verify reads every byte again, names both digests and the command that mends', async () => {
    hub.files.set('m.gguf', { content });
    const deps = depsWith(hubEntry('m', { 'm.gguf': content }));
    await runPull({ ids: ['m'] }, deps);
    await truncate(deps.store.modelPath('m', 'm.gguf'), 3);
    printed = [];
    expect(await runVerify({ ids: ['m'] }, deps)).toBe(1);
    expect(printed[0]).toContain(`should be ${digestOf(content)} and is ${digestOf(Buffer.from('wei'))}`);
    expect(printed[1]).toBe('Mend with: npx concert pull m');
  });

  test('a model that cannot be had makes the command fail and say why', async () => {
    expect(await runPull({ ids: ['m'] }, depsWith(hubEntry('m', { 'm.gguf': content })))).toBe(1);
    expect(printed[0]).toBe('failed   m: m.gguf could not be fetched (huggingface: it does not have the file (404))');
  });

  test('a profile that does not exist is a usage error that names those that do', async () => {
    expect(await runPull({ ids: [], profile: 'moon' }, depsWith())).toBe(2);
    expect(printed).toEqual([
      'There is no profile "moon"; there are: auto, edge, gpu-pair, gpu-single, gpu-small, laptop',
    ]);
  });
});

describe('concert pull --from-dir', () => {
  const files = {
    'config.json': Buffer.from('{"model_type": "glm"}'),
    'tokenizer.model': Buffer.from('tokens'),
    'special_tokens_map.json': Buffer.from('{}'),
    'model.safetensors': Buffer.from('the weights themselves'),
  };
  const autoglm = loadCatalogue().get('autoglm-phone-9b');
  let folder: string;

  beforeEach(async () => {
    folder = join(home, 'clones', 'AutoGLM-Phone-9B');
    await mkdir(folder, { recursive: true });
  });

  const put = (name: string, content: Buffer | string): Promise<void> => writeFile(join(folder, name), content);
  const putAll = async (): Promise<void> => {
    for (const [name, content] of Object.entries(files)) await put(name, content);
  };

  test('the four files of a cloned folder are found, taken and resolvable', async () => {
    await putAll();
    const deps = depsWith(autoglm);
    expect(await runPull({ ids: [], fromDir: folder }, deps)).toBe(0);
    const paths = await deps.store.resolve('autoglm-phone-9b', never);
    expect(Object.keys(paths).sort()).toEqual(Object.keys(files).sort());
    expect(await readFile(paths['model.safetensors'] ?? '', 'utf8')).toBe('the weights themselves');
    expect(hub.requests).toHaveLength(0);
  });

  test('a missing file is named, and nothing is taken', async () => {
    await putAll();
    await rm(join(folder, 'tokenizer.model'));
    const deps = depsWith(autoglm);
    expect(await runPull({ ids: ['autoglm-phone-9b'], fromDir: folder }, deps)).toBe(1);
    expect(printed).toContain('  missing    tokenizer.model: missing');
    expect(printed.at(-1)).toBe('Nothing was taken, because the folder does not hold the whole model.');
    await expect(deps.store.resolve('autoglm-phone-9b', never)).rejects.toMatchObject({ code: 'model_missing' });
  });

  test('shards with an index stand in for the single file, and a shard that the index names must be there', async () => {
    await putAll();
    await rm(join(folder, 'model.safetensors'));
    const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    await put('model.safetensors.index.json', JSON.stringify({ weight_map: { a: shards[0], b: shards[1] } }));
    await put(shards[0] ?? '', 'one');
    expect(await runPull({ ids: [], fromDir: folder }, depsWith(autoglm))).toBe(1);
    expect(printed).toContain(`  missing    ${shards[1]}: missing`);
    await put(shards[1] ?? '', 'two');
    expect(await runPull({ ids: [], fromDir: folder }, depsWith(autoglm))).toBe(0);
    expect(printed.join('\n')).toContain('model.safetensors: not there; model.safetensors.index.json stands in for it');
  });

  test('a Git LFS pointer is not taken for weights', async () => {
    await putAll();
    await put(
      'model.safetensors',
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`,
    );
    expect(await runPull({ ids: [], fromDir: folder }, depsWith(autoglm))).toBe(1);
    expect(printed.join('\n')).toContain('model.safetensors: only a Git LFS pointer stands there: run `git lfs pull`');
  });

  test('digests that the clone’s commit knows are held against the files', async () => {
    const weights = files['model.safetensors'];
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${digestOf(weights)}\nsize ${weights.length}\n`;
    await putAll();
    await put('model.safetensors', pointer);
    await commit(folder);
    await put('model.safetensors', weights);
    expect(await runPull({ ids: [], fromDir: folder }, depsWith(autoglm))).toBe(0);
    expect(printed.filter((line) => line.includes('digest as published'))).toHaveLength(4);
    await put('model.safetensors', 'the weights Themselves');
    await put('config.json', '{"model_type": "GLM"}');
    expect(await runPull({ ids: [], fromDir: folder }, depsWith(autoglm))).toBe(1);
    expect(printed.join('\n')).toContain(`model.safetensors: wrong digest: should be ${digestOf(weights)} and is`);
    expect(printed.join('\n')).toContain('config.json: wrong digest');
  });

  test('notes of the hub’s download tool are held against the files', async () => {
    await putAll();
    await mkdir(join(folder, '.cache', 'huggingface', 'download'), { recursive: true });
    const note = `commit\n${createHash('sha256').update('other').digest('hex')}\n1700000000.0\n`;
    await put('.cache/huggingface/download/model.safetensors.metadata', note);
    expect(await runPull({ ids: [], fromDir: folder }, depsWith(autoglm))).toBe(1);
    expect(printed.join('\n')).toContain('model.safetensors: wrong digest');
  });

  test('a known model is taken by name and digest', async () => {
    const [good, bad] = [Buffer.from('good'), Buffer.from('bad!')];
    await put('good.gguf', good);
    await put('bad.gguf', 'evil');
    const deps = depsWith(hubEntry('g', { 'good.gguf': good }), hubEntry('b', { 'bad.gguf': bad }));
    expect(await runPull({ ids: ['g'], fromDir: folder }, deps)).toBe(0);
    expect(await runPull({ ids: ['b'], fromDir: folder }, deps)).toBe(1);
    expect(printed).toContain(
      `  wrong      bad.gguf: wrong digest: should be ${digestOf(bad)} and is ${digestOf(Buffer.from('evil'))}`,
    );
  });

  test('a folder of nobody knows what is a usage error', async () => {
    expect(await runPull({ ids: [], fromDir: join(home, 'clones') }, depsWith(autoglm))).toBe(2);
  });
});

/** Commits everything in the folder, as a clone has it. */
async function commit(folder: string): Promise<void> {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...identity, 'commit', '-q', '-m', 'clone'],
  ]) {
    await new Promise<void>((resolve, reject) => {
      execFile('git', ['-C', folder, ...args], (error) => (error === null ? resolve() : reject(error)));
    });
  }
}
