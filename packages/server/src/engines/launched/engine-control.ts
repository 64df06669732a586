import { Client } from 'undici';
import { z } from 'zod';
import type { EngineAddress } from './engine-address.ts';

const HEALTH_TIMEOUT_MS = 10_000;
/** Weights of tens of gigabytes go through memory that other programs use too. */
const SLEEP_TIMEOUT_MS = 300_000;

const Models = z.object({ data: z.array(z.object({ id: z.string() })) });
const Sleeping = z.object({ is_sleeping: z.boolean() });

/** `well`: it can answer; `loading`: it is there but not ready, or broken; `silent`: nothing answers. */
export type Health = 'well' | 'unwell' | 'silent';

/** Talks to an engine about itself, beside the requests. Owned by whoever made it. */
export class EngineControl {
  readonly #client: Client;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(address: EngineAddress, apiKey: string | null) {
    this.#client = new Client(address.origin, {
      connect: { timeout: HEALTH_TIMEOUT_MS, ...(address.socketPath !== null && { socketPath: address.socketPath }) },
      keepAliveTimeout: 1,
      pipelining: 1,
    });
    this.#headers = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  }

  /** Asks once; never throws. */
  async health(signal?: AbortSignal): Promise<Health> {
    try {
      const { status } = await this.#ask('GET', '/health', HEALTH_TIMEOUT_MS, signal);
      return status === 200 ? 'well' : 'unwell';
    } catch {
      // Not listening yet or any more, or too busy to answer: the caller knows which.
      return 'silent';
    }
  }

  /** Whether the engine serves a model of this name: proof that it is the one that was started. Never throws. */
  async serves(name: string, signal?: AbortSignal): Promise<boolean> {
    try {
      const { status, text } = await this.#ask('GET', '/v1/models', HEALTH_TIMEOUT_MS, signal);
      if (status !== 200) return false;
      return Models.parse(JSON.parse(text)).data.some((model) => model.id === name);
    } catch {
      // As above: not ready, or somebody else.
      return false;
    }
  }

  /** Makes vLLM sleep or wake and waits until it says so. Throws an Error when it does not. */
  async setSleeping(sleeping: boolean, signal?: AbortSignal): Promise<void> {
    const path = sleeping ? '/sleep?level=1' : '/wake_up';
    const { status } = await this.#ask('POST', path, SLEEP_TIMEOUT_MS, signal);
    if (status !== 200) throw new Error(`the engine answered ${path} with ${status}`);
    const { text } = await this.#ask('GET', '/is_sleeping', HEALTH_TIMEOUT_MS, signal);
    if (Sleeping.parse(JSON.parse(text)).is_sleeping !== sleeping) {
      throw new Error(`the engine ${sleeping ? 'did not fall asleep' : 'did not wake up'}`);
    }
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const { statusCode, body } = await this.#client.request({
      method,
      path,
      headers: { ...this.#headers },
      headersTimeout: timeoutMs,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return { status: statusCode, text: await body.text() };
  }
}
