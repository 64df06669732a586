import type { ChatInput, InputMessage } from '../request.ts';
import type { FoundMedia } from '../templates.ts';
import { ACTION_GRAMMAR } from './action-grammar.ts';

/** What Open-AutoGLM's system messages define, in each of their languages: what to do, and how to end. */
const MARKS = ['do(action="Tap"', 'finish(message='];

/** Whether the caller is a phone agent that wants the next action on a screen: its system message defines Open-AutoGLM's actions. */
export function asksForActions(messages: readonly InputMessage[]): boolean {
  return messages.some(
    ({ role, parts }) =>
      role === 'system' &&
      parts.some((part) => part.kind === 'text' && MARKS.every((mark) => part.text.includes(mark))),
  );
}

/**
 * The request with its answer held to the grammar of actions, unless the caller asked for a form of their own. Its limit of tokens is that of
 * models with a longer context, and an action is short: so it is no reason to refuse.
 */
export function heldToActions(input: ChatInput): ChatInput {
  const own = input.format.kind !== 'text' || input.tools !== null;
  return { ...input, fitsContext: true, ...(!own && { format: { kind: 'grammar', gbnf: ACTION_GRAMMAR } }) };
}

/** What was found in pictures, marked as screens for the templates. */
export function asScreens(found: readonly FoundMedia[]): readonly FoundMedia[] {
  return found.map((media) => ({ ...media, screens: true }));
}
