import type { ChatMessage, ChatRequest } from '../engine.ts';

/** In which words an engine wants what OpenAI's API has no words for. */
export interface ChatDialect {
  /** The name that the engine serves the model under. */
  readonly servedName: string;
  /** vLLM, SGLang and TensorRT-LLM say `repetition_penalty`, llama-server `repeat_penalty`. */
  readonly repeatPenalty: 'repetition_penalty' | 'repeat_penalty';
  /** How `top_k` says that every token may be taken. */
  readonly topKOff: 0 | -1;
  /** Parts the cached prefixes of those who must not notice each other's (CVE-2025-46570); null where the engine has no word for it. */
  readonly cacheSalt: string | null;
}

/**
 * A chat request as OpenAI's API says it, always streamed and with the tokens counted at the end. Pictures become data URIs in their
 * place: an engine is never given a path or an address to read.
 */
export function chatBody(request: ChatRequest, dialect: ChatDialect): Readonly<Record<string, unknown>> {
  const { sampling } = request;
  return {
    model: dialect.servedName,
    messages: request.messages.map(wireMessage),
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
    ...(request.maxTokens !== null && { max_tokens: request.maxTokens }),
    ...(request.stop.length > 0 && { stop: request.stop }),
    ...(dialect.cacheSalt !== null && { cache_salt: dialect.cacheSalt }),
  };
}

function wireMessage({ role, content }: ChatMessage): object {
  if (typeof content === 'string') return { role, content };
  return {
    role,
    content: content.map((part) =>
      part.kind === 'text'
        ? { type: 'text', text: part.text }
        : { type: 'image_url', image_url: { url: dataUri(part.mediaType, part.bytes) } },
    ),
  };
}

function dataUri(mediaType: string, bytes: Uint8Array): string {
  return `data:${mediaType};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;
}
