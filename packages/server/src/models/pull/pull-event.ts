import type { SourceKind } from '../sources/source.ts';

/** What happens during a pull, for a progress bar. */
export type PullEvent =
  /** What this pull has to do; comes once, before any file. */
  | { readonly kind: 'plan'; readonly files: number; readonly bytes: number }
  /** Another process is pulling into the same store. */
  | { readonly kind: 'waiting'; readonly pid: number }
  | {
      readonly kind: 'file';
      readonly model: string;
      readonly file: string;
      readonly phase: 'downloading' | 'converting' | 'done' | 'failed';
      readonly doneBytes: number;
      readonly totalBytes: number;
      readonly source: SourceKind | null;
    }
  /** Nothing more comes, whether it went well or not. */
  | { readonly kind: 'end' };
