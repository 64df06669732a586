import type { AnswerEvent } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';

/** The tokens of the prompt, of an answer that only counts them. */
export async function countedTokens(events: AsyncIterable<AnswerEvent>): Promise<number> {
  for await (const event of events) if (event.kind === 'finish') return event.promptTokens;
  throw new GatewayError('internal_error', 'the tokens could not be counted; try again');
}
