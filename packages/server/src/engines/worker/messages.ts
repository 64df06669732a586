import { GatewayError, ERRORS, type ErrorCode } from '../../shared/errors.ts';
import type { EngineOptions } from '../engine.ts';

/** What the server says to a model's process. */
export type ToWorker =
  | { readonly kind: 'load'; readonly engine: string; readonly options: EngineOptions }
  | { readonly kind: 'run'; readonly id: number; readonly request: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'stop' };

/** What a model's process answers. Events of several requests share one message, in the order they came. */
export type FromWorker =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'load-failed'; readonly error: WireError }
  | { readonly kind: 'events'; readonly events: readonly (readonly [id: number, event: unknown])[] }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly error: WireError };

/** An error in plain data. `code` is set for errors that callers may see. */
export interface WireError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly param: string | null;
  readonly stack: string | null;
}

/** Turns any thrown value into plain data. */
export function toWireError(error: unknown): WireError {
  if (error instanceof GatewayError) {
    return { code: error.code, message: error.message, param: error.param, stack: error.stack ?? null };
  }
  if (error instanceof Error) return { code: null, message: error.message, param: null, stack: error.stack ?? null };
  return { code: null, message: String(error), param: null, stack: null };
}

/** The error again: a GatewayError where callers may see it, else an Error for the log. */
export function fromWireError(error: WireError): Error {
  if (error.code !== null && error.code in ERRORS) {
    return new GatewayError(error.code, error.message, error.param === null ? {} : { param: error.param });
  }
  const plain = new Error(error.message);
  if (error.stack !== null) plain.stack = error.stack;
  return plain;
}
