import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbort } from '../../shared/errors.ts';
import type { Import } from '../catalogue/catalogue-schema.ts';
import type { ConcreteModel } from '../catalogue/concrete-file.ts';
import type { FetchDeps } from './fetch-file.ts';
import { hashFile } from '../store/hash-file.ts';
import type { RunImport } from '../import/run-import.ts';

/**
 * Runs one conversion whose inputs are in the store, checks every result against the catalogue's digest and lands it.
 * Returns null, or a sentence with the reason. Throws the signal's reason.
 */
export async function importFiles(
  model: ConcreteModel,
  step: Import,
  deps: FetchDeps & { readonly runImport: RunImport },
): Promise<string | null> {
  const { store, signal } = deps;
  const folder = join(store.partialFolder, `import-${model.id}-${step.importer}`);
  const totalBytes = step.makes.reduce((sum, file) => sum + file.bytes, 0);
  const report = (phase: 'converting' | 'done' | 'failed', fraction: number): void =>
    deps.onProgress({
      kind: 'file',
      model: model.id,
      file: step.makes.map((file) => file.name).join(', '),
      phase,
      doneBytes: Math.round(totalBytes * fraction),
      totalBytes,
      source: null,
    });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const fetched = new Map(model.fetched.map((file) => [file.name, store.blobPath(file.sha256)]));
  try {
    report('converting', 0);
    await deps.runImport({
      importer: step.importer,
      inputs: Object.fromEntries(step.from.map((name) => [name, fetched.get(name) ?? ''])),
      outputs: Object.fromEntries(step.makes.map((file) => [file.name, join(folder, file.name)])),
      signal,
      onProgress: (fraction) => report('converting', fraction),
    });
    for (const file of step.makes) {
      const path = join(folder, file.name);
      const found = await hashFile(path, signal);
      if (found !== file.sha256)
        return `converting gave another ${file.name}: SHA-256 should be ${file.sha256} and is ${found}`;
      await store.land(path, file.sha256);
      deps.onLanded(file.bytes, 'made');
    }
    report('done', 1);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    if (isAbort(error)) throw error;
    report('failed', 0);
    return `converting with ${step.importer} failed: ${(error as Error).message}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
