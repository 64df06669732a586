import type { ConcreteFile } from '../catalogue/concrete-file.ts';
import type { FileStore } from './store.ts';

/** What a check of one file of a model found. */
interface FileCheck {
  readonly file: string;
  readonly bytes: number;
  readonly state: 'good' | 'missing' | 'different';
  readonly expected: string;
  /** The digest found where it differs; null otherwise. */
  readonly found: string | null;
}

export interface ModelCheck {
  readonly id: string;
  /** `absent`: nothing of it was ever pulled. */
  readonly state: 'good' | 'bad' | 'absent';
  readonly files: readonly FileCheck[];
}

/** Compares the files of a model that its engine loads with their digests; `fresh` reads every byte again. */
export async function verifyModel(
  store: FileStore,
  id: string,
  options: { readonly signal: AbortSignal; readonly fresh: boolean },
): Promise<ModelCheck> {
  const model = await store.model(id);
  if (model === null) return { id, state: 'absent', files: [] };
  const files: FileCheck[] = [];
  for (const file of model.loads) files.push(await verifyFile(store, id, file, options));
  if (files.every((file) => file.state === 'missing')) return { id, state: 'absent', files };
  return { id, state: files.every((file) => file.state === 'good') ? 'good' : 'bad', files };
}

async function verifyFile(
  store: FileStore,
  id: string,
  file: ConcreteFile,
  options: { signal: AbortSignal; fresh: boolean },
): Promise<FileCheck> {
  const verdict = await store.check(id, file, options.signal, options.fresh);
  const found = verdict.kind === 'different' ? verdict.found : null;
  return { file: file.name, bytes: file.bytes, state: verdict.kind, expected: file.sha256, found };
}
