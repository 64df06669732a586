import { join } from 'node:path';
import { GatewayError, isAbort } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { ConcreteFile } from '../catalogue/concrete-file.ts';
import type { PullEvent } from './pull-event.ts';
import { discardPartial } from '../sources/download.ts';
import { SourceError, type SourceKind, type WeightSource } from '../sources/source.ts';
import type { FileStore } from '../store/store.ts';

export interface FetchDeps {
  readonly store: FileStore;
  readonly sources: readonly WeightSource[];
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Sources of which the log already says that they are out of reach. */
  readonly unreachable: Set<SourceKind>;
  onProgress(event: PullEvent): void;
  /** A file reached the store. */
  onLanded(bytes: number, how: 'fetched' | 'made'): void;
}

/**
 * Fetches one file from the first source that has the right bytes, and lands it in the store. Returns null, or a sentence
 * with every source's reason. Throws the signal's reason, or a GatewayError when the disk is full.
 */
export async function fetchFile(model: string, file: ConcreteFile, deps: FetchDeps): Promise<string | null> {
  const partialPath = join(deps.store.partialFolder, file.sha256);
  const reasons: string[] = [];
  const report = (phase: 'downloading' | 'done' | 'failed', doneBytes: number, source: SourceKind | null): void =>
    deps.onProgress({ kind: 'file', model, file: file.name, phase, doneBytes, totalBytes: file.bytes, source });
  const offering = deps.sources.filter((source) => source.offers(file));
  try {
    for (const source of offering) {
      try {
        await fetchFrom(source, {
          file,
          partialPath,
          deps,
          onBytes: (bytes) => report('downloading', bytes, source.kind),
        });
        deps.onLanded(file.bytes, 'fetched');
        report('done', file.bytes, source.kind);
        return null;
      } catch (error) {
        deps.signal.throwIfAborted();
        if (isAbort(error) || !(error instanceof SourceError)) throw explainDisk(error);
        const again = error.unreachable && deps.unreachable.has(source.kind);
        if (error.unreachable) deps.unreachable.add(source.kind);
        deps.log[again ? 'debug' : 'warn'](
          { model, file: file.name, source: source.kind, why: error.message },
          'source failed, trying the next',
        );
        reasons.push(`${source.kind}: ${error.message}`);
      }
    }
  } finally {
    for (const source of offering) await source.release?.(file);
  }
  report('failed', 0, null);
  const why = reasons.length > 0 ? reasons.join('; ') : 'no configured source has it';
  return `${file.name} could not be fetched (${why})`;
}

interface Attempt {
  readonly file: ConcreteFile;
  readonly partialPath: string;
  readonly deps: FetchDeps;
  onBytes(doneBytes: number): void;
}

/** Throws SourceError where the source fails or has other bytes. */
async function fetchFrom(source: WeightSource, { file, partialPath, deps, onBytes }: Attempt): Promise<void> {
  for (;;) {
    const fetched = await source.fetch(file, { signal: deps.signal, partialPath, onBytes });
    if (fetched.sha256 === file.sha256) break;
    await discardPartial(partialPath);
    // The part that stood there before may have been at fault: the source gets one chance from the first byte.
    if (fetched.resumed) continue;
    throw new SourceError(
      `it has other bytes: SHA-256 should be ${file.sha256} and is ${fetched.sha256} (${fetched.bytes} bytes)`,
    );
  }
  deps.signal.throwIfAborted();
  await deps.store.land(partialPath, file.sha256);
  await discardPartial(partialPath);
}

/** Says in words what the operating system says in codes. */
function explainDisk(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new GatewayError(
    'model_missing',
    'the disk ran full during the download; make room and pull again, it goes on where it stopped',
    { cause: error },
  );
}
