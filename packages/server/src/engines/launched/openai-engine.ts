import { Pool } from 'undici';
import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent, ChatRequest, Engine } from '../engine.ts';
import { toolEvents } from '../llama-cpp/tools/tool-events.ts';
import { runBeyondOpenAi } from './beyond-openai.ts';
import { wireRequest } from './chat-body.ts';
import type { ChatDialect } from './chat-dialect.ts';
import { type Asked, ChatEvents } from './chat-events.ts';
import { EventLines } from './event-lines.ts';
import type { EngineAddress } from './engine-address.ts';
import { refusedRequest } from './upstream-error.ts';
import { NoAnswerError, post, type UpstreamResponse } from './upstream-response.ts';

export interface OpenAiEngineOptions {
  readonly modelId: string;
  readonly address: EngineAddress;
  /** Sent as bearer token; null where the engine knows no keys. */
  readonly apiKey: string | null;
  readonly dialect: ChatDialect;
  /** Says how the engine's processes ended, should they have: asked when a connection breaks. Never rejects. */
  readonly howItEnded: () => Promise<GatewayError | null>;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Below the 5 seconds after which uvicorn and llama-server close an idle connection. */
const KEEP_ALIVE_MS = 3_000;
const MOST_ERROR_BYTES = 64 * 1024;
/** How long the end of a whole answer may take. */
const LAST_BYTES_MS = 500;

/**
 * A chat model behind OpenAI's protocol. The engine's process belongs to somebody else: closing this closes the connections alone.
 * There is no time limit on an answer: who asked decides how long to wait, by the signal.
 */
export class OpenAiEngine implements Engine<'chat'> {
  readonly #options: OpenAiEngineOptions;
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;
  #lastByteMs = 0;

  constructor(options: OpenAiEngineOptions) {
    this.#options = options;
    const { address, apiKey } = options;
    this.#pool = new Pool(address.origin, {
      connect: { timeout: CONNECT_TIMEOUT_MS, ...(address.socketPath !== null && { socketPath: address.socketPath }) },
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
    this.#headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
    };
  }

  /** When the engine last sent a byte of an answer, in milliseconds since the Unix epoch; 0 before the first. */
  get lastByteMs(): number {
    return this.#lastByteMs;
  }

  run(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    const { dialect } = this.#options;
    return runBeyondOpenAi((asked) => {
      const events = this.#answer(asked, signal);
      // It leaves calls in the text where it does not know the form that the model writes them in.
      return asked.tools !== undefined && dialect.engine === 'llama-server'
        ? toolEvents(events, asked.tools, false)
        : events;
    }, request);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async *#answer(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    signal.throwIfAborted();
    const { path, body } = wireRequest(request, this.#options.dialect);
    const response = await this.#post(path, JSON.stringify(body), signal);
    try {
      if (response.status !== 200) {
        throw refusedRequest(this.#options.modelId, response.status, await this.#readError(response));
      }
      yield* this.#events(response, request, signal);
    } finally {
      response.close();
    }
  }

  /** An idle connection may have been closed by the engine just now: so a request that got no answer at all is sent once more. */
  async #post(path: string, body: string, signal: AbortSignal): Promise<UpstreamResponse> {
    const request = { path, headers: this.#headers, body };
    try {
      return await post(this.#pool, request, signal).catch((error: unknown) => {
        if (!isStale(error)) throw error;
        return post(this.#pool, request, signal);
      });
    } catch (error) {
      signal.throwIfAborted();
      throw await this.#connectionError(error);
    }
  }

  async *#events(response: UpstreamResponse, asked: Asked, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    const lines = new EventLines();
    const events = new ChatEvents(this.#options.modelId, asked);
    let last: NodeJS.Timeout | null = null;
    try {
      for await (const chunk of response) {
        this.#lastByteMs = Date.now();
        for (const data of lines.push(chunk)) yield* events.read(data);
        // Read to the end, the connection can be used again; but a whole answer does not wait for that for long.
        if (events.done) last ??= setTimeout(() => response.close(), LAST_BYTES_MS);
      }
    } catch (error) {
      if (events.done) return;
      signal.throwIfAborted();
      if (error instanceof GatewayError) throw error;
      throw (await this.#options.howItEnded()) ?? events.cutOff(error);
    } finally {
      if (last !== null) clearTimeout(last);
    }
    if (!events.done) throw (await this.#options.howItEnded()) ?? events.cutOff();
  }

  async #readError(response: UpstreamResponse): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_ERROR_BYTES) break;
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  async #connectionError(error: unknown): Promise<unknown> {
    if (!(error instanceof NoAnswerError)) return error;
    return (
      (await this.#options.howItEnded()) ??
      new GatewayError('model_crashed', `the engine of the model ${this.#options.modelId} did not answer; try again`, {
        cause: error,
      })
    );
  }
}

const STALE_CODES = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Whether the connection broke in the way in which one breaks that the other side had already closed. */
function isStale(error: unknown): boolean {
  if (!(error instanceof NoAnswerError)) return false;
  const { code } = error.cause as { code?: unknown };
  return typeof code === 'string' && STALE_CODES.has(code);
}
