import type { Dispatcher } from 'undici';
import type { Log } from '../../shared/log.ts';
import type { FileSource, HubSnapshot } from '../catalogue/catalogue-schema.ts';
import type { ConcreteFile } from '../catalogue/concrete-file.ts';
import type { Semaphore } from '../pull/semaphore.ts';

/** Where weights can come from; `folder` is one the user names. */
export type SourceKind = 'huggingface' | 'modelscope' | 'registry' | 'folder';

/** Why a source could not give a file; its message ends up in the log and, when no source is left, before the user. */
export class SourceError extends Error {
  /** Whether asking this source for other files is a waste of time. */
  readonly unreachable: boolean;

  constructor(message: string, options: { readonly unreachable?: boolean; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'SourceError';
    this.unreachable = options.unreachable ?? false;
  }
}

/** What a source needs to fetch one file. */
export interface FetchJob {
  readonly signal: AbortSignal;
  /** Where the file grows; what already stands there may be continued. */
  readonly partialPath: string;
  /** Called with the bytes of this file that have arrived. */
  onBytes(doneBytes: number): void;
}

/** What a source wrote to the partial file. */
export interface Fetched {
  readonly sha256: string;
  readonly bytes: number;
  /** Whether some of it stood there before, maybe from another source. */
  readonly resumed: boolean;
}

/** A file that a hub lists. */
export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  /** Null for small files, whose git object id is known instead. */
  readonly sha256: string | null;
  readonly gitOid: string | null;
}

/** A repository of a hub at one fixed revision. */
export interface Listing {
  /** A commit where the hub tells one. */
  readonly revision: string;
  readonly files: readonly ListedFile[];
}

/** A place that files can be fetched from. One object serves one pull; it remembers what it learned meanwhile. */
export interface WeightSource {
  readonly kind: SourceKind;
  /** Whether it can be expected to have this file. */
  offers(file: Pick<ConcreteFile, 'name' | 'sources'>): boolean;
  /** Tells which files will be asked for, so that preparations are made once. */
  prepare?(files: readonly ConcreteFile[]): void;
  /** Writes the file to `job.partialPath`. Throws SourceError, or the signal's reason. */
  fetch(file: ConcreteFile, job: FetchJob): Promise<Fetched>;
  /** Nothing more will be asked about this file. */
  release?(file: ConcreteFile): Promise<void>;
  /** Waits until nothing is written any more. */
  close?(): Promise<void>;
  /** The files of a repository with the digests that the hub publishes. Throws SourceError. */
  list?(repository: HubSnapshot['sources'][number], signal: AbortSignal): Promise<Listing>;
  /** A small file of a repository. Throws SourceError. */
  read?(repository: HubSnapshot['sources'][number], path: string, signal: AbortSignal): Promise<Buffer>;
}

/** What sources that use the network share. */
export interface NetworkDeps {
  readonly dispatcher: Dispatcher;
  /** Bounds the downloads that run at once. */
  readonly downloads: Semaphore;
  readonly log: Log;
  /** Waits between attempts; tests make it short. */
  readonly retryDelaysMs: readonly number[];
  /** A connection that is silent for so long counts as cut. */
  readonly stallMs: number;
}

/** The first of a file's sources of this kind. */
export function sourceOf<K extends FileSource['kind']>(
  file: Pick<ConcreteFile, 'sources'>,
  kind: K,
): Extract<FileSource, { kind: K }> | undefined {
  return file.sources.find((source): source is Extract<FileSource, { kind: K }> => source.kind === kind);
}
