import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CatalogueEntry } from '../../packages/server/src/models/catalogue/catalogue-schema.ts';
import { FakeHub } from './fake-hub.ts';
import { Bench, digestOf, entryOf, never } from './pull-fixture.ts';

let hub: FakeHub;
let bench: Bench;

beforeEach(async () => {
  hub = await FakeHub.start();
});
afterEach(async () => {
  await bench.close();
  await hub.stop();
});

async function openWith(entry: CatalogueEntry): Promise<void> {
  bench = await Bench.open([entry]);
}

const fromHub = () => ({ huggingfaceEndpoint: hub.endpoint });

describe('conversions', () => {
  const [source, made] = [Buffer.from('source'), Buffer.from('SOURCE')];
  const entry = entryOf('m', {
    files: [
      {
        name: 'in.txt',
        bytes: 6,
        sha256: digestOf(source),
        sources: [{ kind: 'huggingface', repo: 'org/model', revision: 'main', path: 'in.txt' }],
      },
    ],
    imports: [{ importer: 'upper', from: ['in.txt'], makes: [{ name: 'out.txt', bytes: 6, sha256: digestOf(made) }] }],
    loads: ['out.txt'],
  });

  test('what an importer makes is checked, kept, and its source deleted', async () => {
    hub.files.set('in.txt', { content: source });
    await openWith(entry);
    const runImport = async (job: {
      inputs: Readonly<Record<string, string>>;
      outputs: Readonly<Record<string, string>>;
    }): Promise<void> => {
      const text = await readFile(job.inputs['in.txt'] ?? '', 'utf8');
      await writeFile(job.outputs['out.txt'] ?? '', text.toUpperCase());
    };
    expect(await bench.pull(['m'], fromHub(), { runImport })).toMatchObject({
      ready: ['m'],
      fetchedBytes: 6,
      madeBytes: 6,
    });
    expect(Object.keys(await bench.store.resolve('m', never))).toEqual(['out.txt']);
    expect(existsSync(bench.store.blobPath(digestOf(source)))).toBe(false);
    expect(await bench.pull(['m'], fromHub(), { runImport })).toMatchObject({ ready: ['m'], files: 0 });
    expect(hub.requests).toHaveLength(1);
  });

  test('an importer that makes other bytes fails the model', async () => {
    hub.files.set('in.txt', { content: source });
    await openWith(entry);
    const runImport = (job: { outputs: Readonly<Record<string, string>> }): Promise<void> =>
      writeFile(job.outputs['out.txt'] ?? '', 'other!');
    const report = await bench.pull(['m'], fromHub(), { runImport });
    expect(report.failed[0]?.reason).toContain(`converting gave another out.txt: SHA-256 should be ${digestOf(made)}`);
    await expect(bench.store.resolve('m', never)).rejects.toMatchObject({ code: 'model_missing' });
  });

  test('an importer that does not exist fails with its process’s words', async () => {
    hub.files.set('in.txt', { content: source });
    await openWith(entry);
    const report = await bench.pull(['m'], fromHub());
    expect(report.failed[0]?.reason).toContain('converting with upper failed');
  });
});
