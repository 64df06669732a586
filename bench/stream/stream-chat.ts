import { type Agent, request } from 'node:http';
import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import { holdsEvent, readAnswer, readEvents, type StreamedAnswer, type TimedChunk } from './read-stream.ts';

/** A chat that is asked of a server that speaks OpenAI's API. */
export interface ChatCall {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly maxTokens: number;
  readonly agent: Agent;
  /** Hangs up; what was streamed by then is the answer. */
  readonly signal?: AbortSignal;
  /** Told of every piece of the stream that holds events. */
  readonly onEvents?: () => void;
}

/** A streamed answer with the times of the client's clock, in milliseconds of `performance.now()`. */
export interface StreamRecord extends StreamedAnswer {
  readonly sentMs: number;
  readonly endMs: number;
  /** From sending the request to the first text; NaN when there was none. */
  readonly firstTextMs: number;
  /** Whether it was ended by `signal`; then no tokens are told. */
  readonly cut: boolean;
}

/** The most likely answer, without a recommended penalty, which would change which token is likeliest. */
function bodyOf({ model, messages, maxTokens }: ChatCall): string {
  return JSON.stringify({
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0,
    // Concert and vLLM name it so; llama.cpp `repeat_penalty`.
    repetition_penalty: 1,
    repeat_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    max_tokens: maxTokens,
  });
}

/**
 * Asks and follows the stream to its end. Node's plain client, and nothing parsed before the end: what the client computes would be
 * missing to the engine. Throws what the server said when it refused or broke off.
 */
export function streamChat(call: ChatCall): Promise<StreamRecord> {
  const body = bodyOf(call);
  const sentMs = performance.now();
  return new Promise((resolve, reject) => {
    const chunks: TimedChunk[] = [];
    let status = 0;
    const finish = (cut: boolean): void => {
      try {
        resolve(recordOf(chunks, { sentMs, status, cut }));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const fail = (error: Error): void => (call.signal?.aborted === true ? finish(true) : reject(error));
    const sent = request(`${call.url}/v1/chat/completions`, {
      method: 'POST',
      agent: call.agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    sent.on('error', fail);
    sent.on('response', (response) => {
      status = response.statusCode ?? 0;
      response.on('error', fail);
      response.on('data', (bytes: Buffer) => {
        chunks.push({ ms: performance.now(), bytes });
        if (call.onEvents !== undefined && holdsEvent(bytes)) call.onEvents();
      });
      response.on('end', () => finish(false));
    });
    sent.end(body);
  });
}

function recordOf(
  chunks: readonly TimedChunk[],
  { sentMs, status, cut }: { readonly sentMs: number; readonly status: number; readonly cut: boolean },
): StreamRecord {
  if (status >= 400) {
    throw new Error(`answered ${status}: ${Buffer.concat(chunks.map(({ bytes }) => bytes)).toString('utf8')}`);
  }
  const events = readEvents(chunks);
  const answer = readAnswer(events, cut);
  const endMs = performance.now();
  return { ...answer, sentMs, endMs, firstTextMs: (answer.textMs[0] ?? Number.NaN) - sentMs, cut };
}
