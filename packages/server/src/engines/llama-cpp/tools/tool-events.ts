import { callId } from '../../call-id.ts';
import type { ChatEvent, TokenLogprob, ToolUse } from '../../engine.ts';
import { type Parsed, ToolCallParser } from './tool-call-parser.ts';

/** The events of an answer with its calls told as such. `held`: whether a grammar holds calls to their form. */
export async function* toolEvents(
  events: AsyncIterable<ChatEvent>,
  { definitions, parallel, choice }: ToolUse,
  held: boolean,
): AsyncGenerator<ChatEvent> {
  const parser = new ToolCallParser({
    names: new Set(definitions.map(({ name }) => name)),
    held,
    mostCalls: parallel && typeof choice === 'string' ? Infinity : 1,
  });
  const told = new ToldCalls();
  for await (const event of events) {
    switch (event.kind) {
      case 'text-delta':
        yield* told.events(parser.push(event.text), event.logprobs);
        break;
      case 'finish': {
        yield* told.events(parser.flush());
        yield* told.lastLogprobs();
        const called = parser.calls > 0 && event.reason === 'stop';
        yield called ? { ...event, reason: 'tool-calls' } : event;
        break;
      }
      default:
        yield event;
    }
  }
}

/** Numbers calls and gives them ids; log probabilities go with the next text, those of calls nowhere. */
class ToldCalls {
  #index = -1;
  #logprobs: TokenLogprob[] = [];

  *events(parsed: readonly Parsed[], logprobs: readonly TokenLogprob[] = []): Generator<ChatEvent> {
    this.#logprobs.push(...logprobs);
    for (const one of parsed) {
      switch (one.kind) {
        case 'text':
          yield this.#text(one.text);
          break;
        case 'call':
          this.#logprobs = [];
          yield { kind: 'tool-call', index: ++this.#index, id: callId(), name: one.name };
          break;
        case 'arguments':
          this.#logprobs = [];
          yield { kind: 'tool-call-delta', index: this.#index, text: one.text };
          break;
        default:
          one satisfies never;
      }
    }
  }

  /** Those of an answer that ended without more text. */
  *lastLogprobs(): Generator<ChatEvent> {
    if (this.#index === -1 && this.#logprobs.length > 0) yield this.#text('');
  }

  #text(text: string): ChatEvent {
    const logprobs = this.#logprobs;
    this.#logprobs = [];
    return logprobs.length === 0 ? { kind: 'text-delta', text } : { kind: 'text-delta', text, logprobs };
  }
}
