import type { ErrorBody } from '@concert/protocol';
import { ERRORS, GatewayError, isAbort } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';

/** Whatever was thrown, as an error that may be shown. Unknown ones keep their cause and lose their words. */
export function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (isAbort(error)) return new GatewayError('client_closed', 'the client closed the connection', { cause: error });
  return (
    fromFastify(error) ??
    new GatewayError('internal_error', 'the server failed; its log says why, under this request id', { cause: error })
  );
}

/** Fastify's own refusals carry a status below 500. */
function fromFastify(error: unknown): GatewayError | null {
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return null;
  const { statusCode, code } = error;
  if (typeof code !== 'string' || !code.startsWith('FST_') || typeof statusCode !== 'number' || statusCode >= 500)
    return null;
  switch (statusCode) {
    case ERRORS.unsupported_media_type.status:
      return new GatewayError('unsupported_media_type', 'the content-type is not valid; send application/json', {
        cause: error,
      });
    case ERRORS.too_large.status:
      return new GatewayError('too_large', 'the body is too large', { cause: error });
    default:
      return new GatewayError('invalid_request', 'the request is malformed; check its address and headers', {
        cause: error,
      });
  }
}

/** OpenAI's error body. */
export function errorBody(error: GatewayError): ErrorBody {
  return { error: { message: error.message, type: ERRORS[error.code].type, param: error.param, code: error.code } };
}

/** Headers that go with an error. Python's SDK retries at once after a `Retry-After` of 0 and not above 120 s. */
export function errorHeaders(error: GatewayError): Record<string, string> {
  // Clients repeat what fails with 5xx; this would fail again.
  if (error.code === 'not_implemented') return { 'x-should-retry': 'false' };
  if (error.retryAfterSeconds === null) return {};
  return { 'retry-after': String(Math.max(1, Math.ceil(error.retryAfterSeconds))) };
}

/** Logs a failure once, with its cause; what clients did wrong only matters when debugging. */
export function logFailure(log: Log, error: GatewayError): void {
  const fields = { code: error.code, param: error.param, err: error };
  if (error.status >= 500 && error.code !== 'not_implemented') log.error(fields, error.message);
  else log.debug(fields, error.message);
}
