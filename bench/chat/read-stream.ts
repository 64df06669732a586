/** What a finished stream of chat chunks said of itself. */
export interface StreamEnd {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

/** Whether these bytes of an event stream hold an event; comments, which only keep a connection alive, are none. */
export function holdsEvent(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('data:');
}

/** Reads the usage that ends the body of a streamed answer. Throws what the server said when the stream did not end well. */
export function readStreamEnd(body: string): StreamEnd {
  const events = body.split('\n\n').filter((event) => event.startsWith('data: '));
  const last = events.at(-2)?.slice('data: '.length);
  if (events.at(-1) !== 'data: [DONE]' || last === undefined)
    throw new Error(`the stream ended badly: ${body.slice(-500)}`);
  const { usage } = JSON.parse(last) as {
    readonly usage?: {
      readonly prompt_tokens: number;
      readonly completion_tokens: number;
      readonly prompt_tokens_details: { readonly cached_tokens: number };
    } | null;
  };
  if (usage === undefined || usage === null) throw new Error(`the stream ended without usage: ${last.slice(0, 500)}`);
  return {
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    cachedTokens: usage.prompt_tokens_details.cached_tokens,
  };
}
