import type { ChatRequest, Sampling } from '../engine.ts';
import type { ChatDialect } from './chat-dialect.ts';
import { formatFields, logprobFields, prefillFields, toolFields } from './wire-demands.ts';
import { wireMessages } from './wire-messages.ts';

/** What is sent to an engine, and where. */
export interface WireRequest {
  readonly path: '/v1/chat/completions' | '/v1/completions';
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * A request as OpenAI's API says it, always streamed and with the tokens counted at the end: a chat, or a text that is continued as it is.
 * Throws `unsupported_value` for what the engine can't do.
 */
export function wireRequest(request: ChatRequest, dialect: ChatDialect): WireRequest {
  return request.prompt === undefined
    ? { path: '/v1/chat/completions', body: chatBody(request, dialect) }
    : { path: '/v1/completions', body: completionBody(request, request.prompt, dialect) };
}

function chatBody(request: ChatRequest, dialect: ChatDialect): WireRequest['body'] {
  const { messages, prefill, tools, format, templateOptions, maxTokens } = request;
  const begun = prefill === undefined || prefill === '' ? [] : [{ role: 'assistant', content: prefill }];
  return {
    ...sharedBody(request, dialect),
    messages: [...wireMessages(messages), ...begun],
    ...(maxTokens !== null && { max_tokens: maxTokens }),
    ...prefillFields(prefill, dialect),
    ...toolFields(tools, dialect),
    ...formatFields(format, dialect, tools),
    ...logprobFields(request, dialect),
    ...(templateOptions !== undefined && { chat_template_kwargs: templateOptions }),
  };
}

function completionBody(
  request: ChatRequest,
  prompt: string | readonly number[],
  dialect: ChatDialect,
): WireRequest['body'] {
  const { logprobs, maxTokens, format } = request;
  return {
    ...sharedBody(request, dialect),
    prompt,
    // Left out, vLLM writes 16 tokens.
    ...((maxTokens !== null || dialect.engine === 'vllm') && { max_tokens: maxTokens }),
    ...formatFields(format, dialect, undefined),
    ...(logprobs !== undefined && {
      [dialect.engine === 'llama-server' ? 'n_probs' : 'logprobs']: Math.max(1, logprobs),
    }),
  };
}

function sharedBody({ sampling, stop }: ChatRequest, dialect: ChatDialect): WireRequest['body'] {
  return {
    model: dialect.servedName,
    stream: true,
    stream_options: { include_usage: true },
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK === 0 ? dialect.topKOff : sampling.topK,
    min_p: sampling.minP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    [dialect.repeatPenalty]: sampling.repeatPenalty,
    ...(sampling.seed !== null && { seed: sampling.seed }),
    ...biasField(sampling),
    ...(stop.length > 0 && { stop }),
    ...(dialect.cacheSalt !== null && { cache_salt: dialect.cacheSalt }),
  };
}

function biasField({ logitBias = [] }: Sampling): WireRequest['body'] {
  if (logitBias.length === 0) return {};
  return { logit_bias: Object.fromEntries(logitBias.map(([token, bias]) => [String(token), bias])) };
}
