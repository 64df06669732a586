import type { MessageError } from '@concert/protocol';
import type { GatewayError } from '../../shared/errors.ts';

/** Anthropic's classes of error by HTTP status; other statuses below 500 are the caller's mistake, the rest are ours. */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

/** Whether a request's address is one of Anthropic's, whose clients read failures in Anthropic's form. */
export function speaksAnthropic(path: string): boolean {
  return path === '/v1/messages' || path.startsWith('/v1/messages/');
}

/** Anthropic's error body. Its clients find our code as `errorCode`. */
export function messageError(error: GatewayError, requestId: string): MessageError {
  const { status, message, code, param } = error;
  const type = TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  // By this code Anthropic's clients know that they are to send the whole conversation again, and do so by themselves.
  const details =
    code === 'unsupported_value' && param === 'thread'
      ? { error_code: 'thread_unsupported_request', param, unsupported: ['thread'] }
      : { error_code: code, param };
  return { type: 'error', error: { type, message, details }, request_id: requestId };
}
