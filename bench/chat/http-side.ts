import { Agent, request } from 'node:http';
import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import { type BenchServer, costOf } from '../bench-server.ts';
import { MAX_TOKENS } from './prompts.ts';
import { holdsEvent, readStreamEnd, type StreamEnd } from './read-stream.ts';
import type { SideRun } from './run-figures.ts';

interface StreamRun extends StreamEnd {
  readonly firstTextMs: number;
}

/** The way that users go: one streamed request for each conversation, all at once. */
export class HttpSide {
  readonly #server: BenchServer;
  readonly #model: string;
  readonly #workerPid: number;
  // Kept connections, so that a round measures answers and not handshakes.
  readonly #agent = new Agent({ keepAlive: true });

  constructor(server: BenchServer, model: string, workerPid: number) {
    this.#server = server;
    this.#model = model;
    this.#workerPid = workerPid;
  }

  async run(conversations: readonly (readonly ChatMessage[])[]): Promise<SideRun> {
    const bodies = conversations.map((messages) => this.#body(messages));
    const { result, seconds, cpu } = await costOf([this.#workerPid, this.#server.pid], () =>
      Promise.all(bodies.map((body) => this.#stream(body))),
    );
    const [engineCpu = Number.NaN, serverCpu = Number.NaN] = cpu;
    return {
      seconds,
      tokens: result.reduce((sum, run) => sum + run.completionTokens, 0),
      ended: result.filter((run) => run.completionTokens < MAX_TOKENS).length,
      engineCpu,
      serverCpu,
      firstTextMs: result.map((run) => run.firstTextMs),
      promptTokens: result.reduce((sum, run) => sum + run.promptTokens, 0),
      cachedTokens: result.reduce((sum, run) => sum + run.cachedTokens, 0),
    };
  }

  close(): void {
    this.#agent.destroy();
  }

  #body(messages: readonly ChatMessage[]): string {
    return JSON.stringify({
      model: this.#model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      // A model's recommended penalties would change which token is likeliest.
      repetition_penalty: 1,
      frequency_penalty: 0,
      presence_penalty: 0,
      max_tokens: MAX_TOKENS,
    });
  }

  /** Node's plain client, and nothing parsed before the end: what the client computes would be missing to the engine. */
  #stream(body: string): Promise<StreamRun> {
    const startedMs = performance.now();
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let firstTextMs: number | null = null;
      const sent = request(`${this.#server.url}/v1/chat/completions`, {
        method: 'POST',
        agent: this.#agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (firstTextMs === null && holdsEvent(chunk)) firstTextMs = performance.now() - startedMs;
        });
        response.on('end', () => {
          try {
            const end = readStreamEnd(Buffer.concat(chunks).toString('utf8'));
            resolve({ ...end, firstTextMs: firstTextMs ?? Number.NaN });
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      });
      sent.end(body);
    });
  }
}
