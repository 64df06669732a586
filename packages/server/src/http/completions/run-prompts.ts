import { merged } from '../../pipeline/merged.ts';
import type { AnswerEvent, ChatInput } from '../../pipeline/request.ts';

/** More would only wait within the engine, and hold their prompts there. */
const AT_ONCE = 4;

/** An event of the answer to one of several prompts. */
export interface PromptEvent {
  /** Counted from 0. */
  readonly prompt: number;
  readonly event: AnswerEvent;
}

/** Answers several prompts, a few at a time. The failure of one ends all. */
export function runPrompts(
  inputs: readonly ChatInput[],
  answer: (input: ChatInput) => AsyncIterable<AnswerEvent>,
): AsyncGenerator<PromptEvent> {
  let next = 0;
  async function* lane(): AsyncGenerator<PromptEvent> {
    for (;;) {
      const prompt = next++;
      const input = inputs[prompt];
      if (input === undefined) return;
      for await (const event of answer(input)) yield { prompt, event };
    }
  }
  return merged(Array.from({ length: Math.min(AT_ONCE, inputs.length) }, lane));
}
