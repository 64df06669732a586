import type { CompletionRequest } from '@concert/protocol';
import { randomUUID } from 'node:crypto';
import type { ChatInput } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { toSampling } from '../chat-input.ts';
import { isAbsent } from '../is-absent.ts';

/** As OpenAI's. */
const DEFAULT_MAX_TOKENS = 16;

type Prompt = string | readonly number[];

/** A request's prompts in our own terms, one answer to be made for each. Throws what cannot be done together. */
export function toCompletionInputs(wanted: CompletionRequest): [ChatInput, ...ChatInput[]] {
  const prompts = promptsOf(wanted);
  refuseUnfit(wanted, prompts);
  const maxTokens = wanted.max_tokens ?? DEFAULT_MAX_TOKENS;
  const id = `cmpl-${randomUUID().replaceAll('-', '')}`;
  const inputOf = (prompt: Prompt): ChatInput => ({
    id,
    model: wanted.model,
    messages: [],
    prompt,
    ...(!isAbsent(wanted.suffix) && wanted.suffix !== '' && { suffix: wanted.suffix }),
    prefill: '',
    choices: wanted.n ?? 1,
    tools: null,
    format: { kind: 'text' },
    logprobs: wanted.logprobs ?? null,
    speech: null,
    sampling: toSampling(wanted),
    maxTokens: maxTokens === 0 ? null : maxTokens,
    countOnly: maxTokens === 0,
    stop: typeof wanted.stop === 'string' ? [wanted.stop] : (wanted.stop ?? []),
    thinking: { enabled: null, budgetTokens: null },
    returnReasoning: false,
    trace: wanted.concert?.trace ?? false,
  });
  const [first, ...more] = prompts;
  return [inputOf(first), ...more.map(inputOf)];
}

function promptsOf({ prompt }: CompletionRequest): [Prompt, ...Prompt[]] {
  if (typeof prompt === 'string') return [prompt];
  return typeof prompt[0] === 'number' ? [prompt as number[]] : (prompt as [Prompt, ...Prompt[]]);
}

function refuseUnfit(wanted: CompletionRequest, prompts: readonly Prompt[]): void {
  const refuse = (code: 'invalid_request' | 'unsupported_value', param: string, sentence: string): never => {
    throw new GatewayError(code, sentence, { param });
  };
  const bestOf = wanted.best_of ?? null;
  const choices = wanted.n ?? 1;
  if (bestOf !== null && bestOf < choices)
    refuse('invalid_request', 'best_of', `best_of must be at least n, which is ${choices}`);
  if (bestOf !== null && bestOf > choices) {
    refuse('unsupported_value', 'best_of', 'more answers than are returned are not written; leave best_of out');
  }
  const hasTokens = prompts.some((prompt) => typeof prompt !== 'string');
  if (wanted.echo === true && hasTokens) {
    refuse(
      'unsupported_value',
      'echo',
      'a prompt of tokens is not given back as text; send it as text, or leave echo out',
    );
  }
  if (wanted.echo === true && !isAbsent(wanted.logprobs)) {
    refuse(
      'unsupported_value',
      'logprobs',
      'log probabilities of the prompt itself are not computed; leave out echo or logprobs',
    );
  }
  if (hasTokens && !isAbsent(wanted.suffix) && wanted.suffix !== '')
    refuse('invalid_request', 'suffix', 'suffix goes with a prompt of text; send the prompt as text');
}
