import type { z } from 'zod';

/** One endpoint: what it takes, what it answers, how it fails. */
export interface Operation {
  readonly method: 'GET' | 'POST';
  /** Parameters stand in braces. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  readonly json?: z.ZodType;
  /** Form fields beside the file. */
  readonly form?: { readonly fields: z.ZodType; readonly file: string };
  readonly answers: readonly z.ZodType[];
  /** Content types of answers that are not JSON. */
  readonly otherAnswers?: readonly string[];
  /** What each `data:` line of a streamed answer holds. */
  readonly event?: z.ZodType;
  /** Statuses of failures, beside 500. */
  readonly failures: readonly number[];
}
