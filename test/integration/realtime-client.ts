import { connect } from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS as FirstRealtime } from 'openai/beta/realtime/ws';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

/** An event of the server, as the official client passes it on. */
export interface Heard {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What both versions of the official client can do. */
interface OfficialClient {
  on(event: 'event', listener: (event: Heard) => void): unknown;
  on(event: 'error', listener: () => void): unknown;
  send(event: never): void;
  readonly socket: {
    on(event: 'open', listener: () => void): unknown;
    on(event: 'close', listener: (code: number, reason: Buffer) => void): unknown;
    on(event: 'unexpected-response', listener: (request: unknown, response: { statusCode?: number }) => void): unknown;
    close(): void;
    pause(): void;
  };
}

/** The official client with what it heard, and ways to wait for more. */
export class RealtimeClient {
  readonly heard: Heard[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly client: OfficialClient;
  #arrived: (() => void)[] = [];

  constructor(client: OfficialClient) {
    this.client = client;
    client.on('event', (event) => {
      this.heard.push(event);
      for (const wake of this.#arrived.splice(0)) wake();
    });
    // Errors are events too; a listener keeps the client from throwing them.
    client.on('error', () => undefined);
    this.closed = new Promise((resolve) =>
      client.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
  }

  send(event: object): void {
    this.client.send(event as never);
  }

  /** The first event of this kind that comes after `from` of those heard. */
  async next(type: string, from = 0): Promise<Heard> {
    for (;;) {
      const found = this.heard.slice(from).find((event) => event.type === type);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#arrived.push(resolve));
    }
  }

  /** Sends, and waits for the first answer of this kind to what was sent. */
  ask(event: object, type: string): Promise<Heard> {
    const from = this.heard.length;
    this.send(event);
    return this.next(type, from);
  }

  types(from = 0): string[] {
    return this.heard.slice(from).map(({ type }) => type);
  }

  close(): void {
    this.client.socket.close();
  }
}

/**
 * Connects the official client to a server without TLS: it always asks for `wss`, so its socket is given to it. `first` speaks the API's
 * first version.
 */
export async function connectRealtime(
  url: string,
  options: { readonly model?: string; readonly first?: boolean } = {},
): Promise<RealtimeClient> {
  const { hostname, port } = new URL(url);
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'EMPTY' });
  const Client = options.first === true ? FirstRealtime : OpenAIRealtimeWS;
  const official = new Client(
    {
      model: options.model ?? 'gpt-realtime',
      options: { createConnection: () => connect(Number(port), hostname) } as never,
    },
    openai,
  );
  const client = new RealtimeClient(official as unknown as OfficialClient);
  await new Promise<void>((resolve, reject) => {
    client.client.socket.on('open', resolve);
    client.client.socket.on('unexpected-response', (_request, response) =>
      reject(new Error(`refused with ${response.statusCode}`)),
    );
  });
  await client.next('session.created');
  return client;
}

/** So many milliseconds of a voice or of silence, as base64 of 24 kHz PCM. */
export function pcm(ms: number, voice: boolean): string {
  const samples = Int16Array.from({ length: ms * 24 }, (_, at) => (voice ? 12_000 * Math.sin(at / 9) : 0));
  return Buffer.from(samples.buffer).toString('base64');
}
