/**
 * Every failure a caller can see: its code, the HTTP status and OpenAI's error type.
 * `docs/errors.md` explains each; a test holds the two together.
 */
export const ERRORS = {
  invalid_request: { status: 400, type: 'invalid_request_error' },
  invalid_json: { status: 400, type: 'invalid_request_error' },
  invalid_media: { status: 400, type: 'invalid_request_error' },
  media_url_refused: { status: 400, type: 'invalid_request_error' },
  context_length_exceeded: { status: 400, type: 'invalid_request_error' },
  unsupported_value: { status: 400, type: 'invalid_request_error' },
  previous_response_not_found: { status: 400, type: 'invalid_request_error' },
  admin_refused: { status: 403, type: 'invalid_request_error' },
  origin_refused: { status: 403, type: 'invalid_request_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  model_not_found: { status: 404, type: 'invalid_request_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  request_timeout: { status: 408, type: 'invalid_request_error' },
  too_large: { status: 413, type: 'invalid_request_error' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error' },
  empty_media: { status: 422, type: 'invalid_request_error' },
  response_cancel_not_active: { status: 409, type: 'invalid_request_error' },
  conversation_already_has_active_response: { status: 409, type: 'invalid_request_error' },
  input_audio_buffer_commit_empty: { status: 422, type: 'invalid_request_error' },
  queue_full: { status: 429, type: 'rate_limit_error' },
  client_closed: { status: 499, type: 'invalid_request_error' },
  request_cancelled: { status: 499, type: 'invalid_request_error' },
  internal_error: { status: 500, type: 'server_error' },
  not_implemented: { status: 501, type: 'invalid_request_error' },
  model_crashed: { status: 502, type: 'server_error' },
  media_fetch_failed: { status: 502, type: 'server_error' },
  model_loading: { status: 503, type: 'server_error' },
  model_failed: { status: 503, type: 'server_error' },
  model_missing: { status: 503, type: 'server_error' },
  weights_refused: { status: 503, type: 'server_error' },
  out_of_memory: { status: 503, type: 'server_error' },
  shutting_down: { status: 503, type: 'server_error' },
  storage_failed: { status: 503, type: 'server_error' },
  deadline_exceeded: { status: 504, type: 'server_error' },
} as const satisfies Record<string, { status: number; type: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** What may be said beside the message. */
export interface GatewayErrorOptions {
  /** The request field at fault, in OpenAI's dotted form (`messages.0.content`). */
  readonly param?: string;
  /** Seconds after which a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The one error class callers may see. Its message is shown to them: no paths, no stacks, no keys. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly param: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.param = options.param ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  /** The HTTP status of this error's code. */
  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** Whether `error` says that the caller went away or gave up. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || (error as { code?: unknown }).code === 'ABORT_ERR');
}
