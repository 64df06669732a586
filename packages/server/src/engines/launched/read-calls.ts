import { z } from 'zod';
import { callId } from '../call-id.ts';
import type { ChatEvent } from '../engine.ts';

/** What is read of a piece of `tool_calls`. */
export const WireCall = z.object({
  index: z.number().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

interface Call {
  /** The engine's own number of it; null where it gives none. */
  readonly number: number | null;
  readonly index: number;
  empty: boolean;
}

/** Reads streamed calls. Their numbers and ids are our own: engines count and name them in several ways. */
export class CallsReader {
  readonly #most: number;
  readonly #calls: Call[] = [];

  /** At most so many calls are told. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the answer asks for anything to be run. */
  get any(): boolean {
    return this.#calls.length > 0;
  }

  read(pieces: readonly z.infer<typeof WireCall>[]): ChatEvent[] {
    return pieces.flatMap(({ index, function: called }) => {
      const number = index ?? null;
      const name = called?.name ?? '';
      const events: ChatEvent[] = [];
      let call = number === null ? this.#calls.at(-1) : this.#calls.findLast((one) => one.number === number);
      if (name !== '' && (call === undefined || number === null)) {
        call = { number, index: this.#calls.length, empty: true };
        this.#calls.push(call);
        events.push({ kind: 'tool-call', index: call.index, id: callId(), name });
      }
      const text = called?.arguments ?? '';
      if (call !== undefined && text !== '') {
        call.empty = false;
        events.push({ kind: 'tool-call-delta', index: call.index, text });
      }
      return call === undefined || call.index >= this.#most ? [] : events;
    });
  }

  /** What is missing when the answer ends: calls without arguments have an empty object of them. */
  finish(): ChatEvent[] {
    return this.#calls
      .filter((call) => call.empty && call.index < this.#most)
      .map(({ index }) => ({ kind: 'tool-call-delta', index, text: '{}' }));
  }
}
