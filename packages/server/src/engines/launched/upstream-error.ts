import { z } from 'zod';
import { GatewayError } from '../../shared/errors.ts';
import { plainReason } from './plain-reason.ts';

/** What engines say about a failure: `{"error": {…}}`, `{"error": "…"}`, or vLLM's older `{"object": "error", "message": "…"}`. */
const Failure = z.union([
  z.string().transform((message) => ({ message, code: null, type: null })),
  z.object({
    message: z.string().nullish(),
    code: z.union([z.number(), z.string()]).nullish(),
    type: z.string().nullish(),
  }),
]);

const TOO_LONG =
  /maximum context length|context (size|length|window)|max(imum)?[_ ](model|seq|input)[_ a-z]*len|longer than the maximum|exceed_context/i;
const OUT_OF_MEMORY = /out of memory|OutOfMemory|failed to allocate/i;

/** The error of a request that the engine refused or failed with this status and body. */
export function refusedRequest(modelId: string, status: number, body: string): GatewayError {
  let parsed: unknown = body;
  try {
    parsed = JSON.parse(body);
  } catch {
    // Not every engine speaks JSON when it fails; its text is as good.
  }
  return failureOf(modelId, status, parsed);
}

/** The error that an engine reports inside a stream that began well; null when the value reports none. */
export function errorInStream(modelId: string, value: unknown): GatewayError | null {
  if (typeof value !== 'object' || value === null) return null;
  const isError =
    ('error' in value && value.error !== null && value.error !== undefined) ||
    ('object' in value && value.object === 'error');
  return isError ? failureOf(modelId, null, value) : null;
}

function failureOf(modelId: string, status: number | null, value: unknown): GatewayError {
  const inner = typeof value === 'object' && value !== null && 'error' in value ? value.error : value;
  const parsed = Failure.safeParse(inner);
  const { message, code, type } = parsed.success ? parsed.data : { message: null, code: null, type: null };
  const text = message ?? '';
  const told = status ?? Number(code ?? 500);
  const cause = new Error(`the engine answered ${told}: ${text.slice(0, 2_000)}`);
  const reason = plainReason(text);
  if (told === 400 || told === 413 || told === 422) {
    if (TOO_LONG.test(`${text} ${type ?? ''}`)) {
      const says = reason === '' ? '' : ` (its engine says: ${reason})`;
      return new GatewayError(
        'context_length_exceeded',
        `the conversation is longer than the model ${modelId} can take${says}; shorten it, or ask for fewer tokens`,
        { param: 'messages', cause },
      );
    }
    return new GatewayError(
      'invalid_request',
      `the model ${modelId} refused the request: ${reason || 'no reason given'}`,
      {
        cause,
      },
    );
  }
  if (OUT_OF_MEMORY.test(text)) {
    return new GatewayError(
      'out_of_memory',
      `the model ${modelId} ran out of memory while it answered; try again, or send less at once`,
      { retryAfterSeconds: 1, cause },
    );
  }
  return new GatewayError(
    'model_crashed',
    `the engine of the model ${modelId} failed${reason === '' ? '' : `: ${reason}`}; try again`,
    { cause },
  );
}
