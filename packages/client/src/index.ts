import type { components } from './generated/api.ts';

/** The server's state and its models. */
export type Health = components['schemas']['Health'];
/** The names under which requests can be made. */
export type ModelList = components['schemas']['ModelList'];

/** Where the server is and how it is reached. */
export interface ClientOptions {
  /** Such as `https://concert.example`; without `/v1`. */
  readonly baseUrl: string;
  readonly apiKey?: string;
  /** Another `fetch`, for tests and for platforms without one of their own. */
  readonly fetch?: typeof fetch;
}

/** Talks to a Concert server. */
export interface ConcertClient {
  /** Throws ConcertError when the server is not ready. */
  health(signal?: AbortSignal): Promise<Health>;
  models(signal?: AbortSignal): Promise<ModelList>;
}

/** What the server said when it refused or failed. */
export class ConcertError extends Error {
  readonly status: number;
  /** The server's error code, such as `model_not_found`; null when it gave none. */
  readonly code: string | null;

  constructor(status: number, code: string | null, message: string) {
    super(message);
    this.name = 'ConcertError';
    this.status = status;
    this.code = code;
  }
}

/** Makes a client; nothing is asked of the server yet. */
export function createClient(options: ClientOptions): ConcertClient {
  const send = options.fetch ?? fetch;
  const get = async <T>(path: string, signal: AbortSignal | undefined): Promise<T> => {
    const response = await send(new URL(path, options.baseUrl), {
      headers: options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` },
      ...(signal === undefined ? {} : { signal }),
    });
    const body: unknown = await response.json();
    if (!response.ok) throw errorOf(response.status, body);
    return body as T;
  };
  return {
    health: (signal) => get('/health', signal),
    models: (signal) => get('/v1/models', signal),
  };
}

function errorOf(status: number, body: unknown): ConcertError {
  const { error } = (body ?? {}) as { error?: { message?: string; code?: string | null } };
  return new ConcertError(status, error?.code ?? null, error?.message ?? `the server answered ${status}`);
}
