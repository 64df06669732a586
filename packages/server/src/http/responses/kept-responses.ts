import type { ResponseListedItem, ResponseObject } from '@concert/protocol';
import type { FoundResponse, ResponseStore } from '../../pipeline/response-store.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { listedOutput } from './listed-items.ts';
import type { PlacedItem } from './read-items.ts';
import { responseOfItem } from './response-ids.ts';
import type { ResponseFold } from './response-fold.ts';

/** A kept response in the wire's words. */
interface Kept {
  readonly response: ResponseObject;
  readonly input: readonly ResponseListedItem[];
}

/** The responses that this server keeps, in the wire's words; nothing where it keeps none. */
export class KeptResponses {
  readonly #store: ResponseStore | null;
  readonly #mostBytes: number;

  /** `mostBytes`: of one conversation. */
  constructor(store: ResponseStore | null, mostBytes: number) {
    this.#store = store;
    this.#mostBytes = mostBytes;
  }

  /**
   * Whether a new response is to be kept. Throws `unsupported_value` where it was asked for and nothing is kept, and `storage_failed`
   * where it could not be.
   */
  decide(asked: boolean | null | undefined): boolean {
    const store = this.#store;
    if (store === null) {
      if (asked !== true) return false;
      throw new GatewayError('unsupported_value', 'store: this server keeps no responses; leave store out', {
        param: 'store',
      });
    }
    if (asked === false) return false;
    try {
      store.check();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const message = `${error.message}; send store: false to be answered without being kept`;
      throw new GatewayError(error.code, message, { cause: error });
    }
    return true;
  }

  /** What went before in a conversation. Throws `previous_response_not_found` and `too_large`. */
  conversation(previousId: string | null | undefined): PlacedItem[] {
    if (previousId === null || previousId === undefined) return [];
    const param = 'previous_response_id';
    if (this.#store === null) {
      throw new GatewayError(
        'previous_response_not_found',
        'this server keeps no responses; send the conversation itself as input',
        { param },
      );
    }
    const turns = this.#store.conversation(previousId, this.#mostBytes).map(kept);
    const last = turns.at(-1)?.response.status;
    if (last !== 'completed' && last !== 'incomplete') {
      throw new GatewayError(
        'previous_response_not_found',
        `the response to go on with is ${last}; go on with the one before it`,
        { param },
      );
    }
    return turns.flatMap(({ response, input }) => {
      // A call that the token limit cut off was never made.
      const output = response.output.filter((item) => item.type !== 'function_call' || item.status === 'completed');
      return [...input, ...output.map(listedOutput)].map((item) => ({ item, param }));
    });
  }

  /** An item of a kept response; null: there is none. */
  findItem(id: string): ResponseListedItem | null {
    const responseId = responseOfItem(id);
    const found = responseId === null ? null : this.find(responseId);
    if (found === null) return null;
    return [...found.input, ...found.response.output.map(listedOutput)].find((item) => item.id === id) ?? null;
  }

  /** Null: there is none. One whose writer ended too early has failed. */
  find(id: string): Kept | null {
    const found = this.#store?.find(id) ?? null;
    return found === null ? null : kept(found);
  }

  /** Keeps one that begins; its end is kept in its place. Throws `storage_failed`. */
  begin(response: ResponseObject, input: readonly ResponseListedItem[]): void {
    this.#save(response, input, true);
  }

  /** Keeps what was folded; where that fails, the response says so. */
  keep(fold: ResponseFold, input: readonly ResponseListedItem[], log: Log): void {
    if (!fold.response.store) return;
    try {
      this.#save(fold.response, input, false);
    } catch (error) {
      log.error({ err: error }, 'A response could not be kept');
      fold.notKept();
    }
  }

  /** False: there was none. */
  delete(id: string): boolean {
    return this.#store?.delete(id) ?? false;
  }

  #save(response: ResponseObject, input: readonly ResponseListedItem[], running: boolean): void {
    this.#store?.save({
      id: response.id,
      previousId: response.previous_response_id,
      running,
      response: JSON.stringify(response),
      input: JSON.stringify(input),
    });
  }
}

function kept(found: FoundResponse): Kept {
  const response = JSON.parse(found.response) as ResponseObject;
  const input = JSON.parse(found.input) as ResponseListedItem[];
  if (found.state !== 'interrupted') return { response, input };
  const error = { code: 'server_error', message: 'the server stopped before the response was complete; ask again' };
  return { response: { ...response, status: 'failed', error }, input };
}
