import type { z } from 'zod';

/** One endpoint: what it takes, what it answers, how it fails. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Parameters stand in braces. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  /** Parameters of the query. */
  readonly query?: z.ZodObject;
  readonly json?: z.ZodType;
  /** Form fields beside the file. */
  readonly form?: { readonly fields: z.ZodType; readonly file: string };
  readonly answers: readonly z.ZodType[];
  /** Operations whose path takes the `id` of the answer. */
  readonly idFor?: readonly string[];
  /** Content types of answers that are not JSON. */
  readonly otherAnswers?: readonly string[];
  /** What each `data:` line of a streamed answer holds. */
  readonly event?: z.ZodType;
  /** The body of a failure; absent: `ErrorBody`. */
  readonly failure?: z.ZodType;
  /** Statuses of failures, beside 500. */
  readonly failures: readonly number[];
}
