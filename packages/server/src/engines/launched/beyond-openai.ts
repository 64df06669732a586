import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent, ChatRequest } from '../engine.ts';

type Run = (request: ChatRequest) => AsyncIterable<ChatEvent>;

/**
 * Runs a request on an engine behind OpenAI's protocol, which has no words for some of it: tokens are counted by an answer of one token
 * that nobody sees; an answer that is to take what room there is asks for that once it was told that there is less. Throws
 * `unsupported_value` for a gap to be filled.
 */
export async function* runBeyondOpenAi(run: Run, request: ChatRequest): AsyncGenerator<ChatEvent> {
  if (request.suffix !== undefined) {
    throw new GatewayError('unsupported_value', 'the engine of this model takes no suffix; leave suffix out', {
      param: 'suffix',
    });
  }
  if (request.countOnly === true) return yield* count(run, request);
  if (request.fitsContext !== true || request.maxTokens === null) return yield* run(request);
  try {
    yield* run(request);
  } catch (error) {
    // Engines refuse before they write anything.
    if (!(error instanceof GatewayError) || error.code !== 'context_length_exceeded') throw error;
    yield* run({ ...request, maxTokens: null });
  }
}

async function* count(run: Run, request: ChatRequest): AsyncGenerator<ChatEvent> {
  const { format: _format, logprobs: _logprobs, ...rest } = request;
  for await (const event of run({ ...rest, maxTokens: 1 })) {
    if (event.kind === 'prompt') yield event;
    if (event.kind === 'finish') yield { kind: 'finish', reason: 'length', completionTokens: 0 };
  }
}
