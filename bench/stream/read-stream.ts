/** Bytes of an event stream and when they came, in milliseconds of `performance.now()`. */
export interface TimedChunk {
  readonly ms: number;
  readonly bytes: Uint8Array;
}

/** The data of one event, and when its last byte came. */
export interface TimedEvent {
  readonly ms: number;
  readonly data: string;
}

/** What a finished stream of chat chunks said, and of itself. */
export interface StreamedAnswer {
  readonly text: string;
  /** When each event with text came. */
  readonly textMs: readonly number[];
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the prompt, what came out of a cache. */
  readonly cachedTokens: number;
}

/** Whether these bytes of an event stream hold an event; comments, which only keep a connection alive, are none. */
export function holdsEvent(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('data:');
}

/** Cuts the bytes of an event stream into its events, wherever the pieces came apart; comments are left out. */
export function readEvents(chunks: readonly TimedChunk[]): TimedEvent[] {
  const decoder = new TextDecoder();
  const events: TimedEvent[] = [];
  let rest = '';
  for (const { ms, bytes } of chunks) {
    const pieces = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n\r?\n/);
    rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const data = piece.split(/\r?\n/).filter((line) => line.startsWith('data:'));
      if (data.length > 0)
        events.push({ ms, data: data.map((line) => line.slice('data:'.length).trimStart()).join('\n') });
    }
  }
  return events;
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  } | null;
  readonly error?: unknown;
}

/**
 * The answer that the events of a stream carry. Throws what the server said when the stream did not end well; one that the client `cut`
 * off needs no end, and its tokens are not known (NaN).
 */
export function readAnswer(events: readonly TimedEvent[], cut = false): StreamedAnswer {
  const bad = (why: string): Error =>
    new Error(
      `the stream ${why}: ${events
        .map(({ data }) => data)
        .join('\n')
        .slice(-500)}`,
    );
  const ended = events.at(-1)?.data === '[DONE]';
  if (!ended && !cut) throw bad('ended badly');
  let text = '';
  let usage: Chunk['usage'] = null;
  const textMs: number[] = [];
  for (const { ms, data } of ended ? events.slice(0, -1) : events) {
    const chunk = JSON.parse(data) as Chunk;
    if (chunk.error !== undefined) throw bad('carried an error');
    const content = chunk.choices?.[0]?.delta?.content ?? '';
    text += content;
    if (content !== '') textMs.push(ms);
    usage = chunk.usage ?? usage;
  }
  const unknown = { prompt_tokens: Number.NaN, completion_tokens: Number.NaN, prompt_tokens_details: null };
  const told = usage ?? (cut ? unknown : null);
  if (told === null) throw bad('ended without usage');
  return {
    text,
    textMs,
    promptTokens: told.prompt_tokens,
    completionTokens: told.completion_tokens,
    cachedTokens: told.prompt_tokens_details?.cached_tokens ?? 0,
  };
}
