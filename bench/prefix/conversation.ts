import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import type { ChatSide } from '../stream/chat-side.ts';

/** Tokens of each answer. */
const ANSWER_TOKENS = 24;
const TOPICS = ['a harbour', 'an orchard', 'a railway', 'a glacier', 'a market', 'a workshop'];

/** What one turn took. */
export interface Turn {
  /** Milliseconds. */
  readonly firstTextMs: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
}

/** A conversation that grows by its own answers; no two numbers begin alike. */
export class Conversation {
  readonly #messages: ChatMessage[];
  #turns = 0;

  constructor(number: string) {
    this.#messages = [
      { role: 'system', content: `${number} is the number of this talk. Answer in plain, complete sentences.` },
    ];
  }

  /** Says the next thing and keeps the answer. */
  async next(side: ChatSide): Promise<Turn> {
    const topic = TOPICS[this.#turns % TOPICS.length];
    this.#turns += 1;
    this.#messages.push({
      role: 'user',
      content:
        `Note ${this.#turns}: this morning we walked along ${topic}, talked to the people who work there, wrote down what they said ` +
        'about their day, their tools and the weather, and drew a small map of the place. Tell in detail what such a place is good for.',
    });
    const { firstTextMs, promptTokens, cachedTokens, text } = await side.ask(this.#messages, ANSWER_TOKENS);
    this.#messages.push({ role: 'assistant', content: text });
    return { firstTextMs, promptTokens, cachedTokens };
  }

  /** The same history under another number: nothing of it can be in a cache. */
  renumbered(number: string): Conversation {
    const copy = new Conversation(number);
    copy.#messages.push(...this.#messages.slice(1));
    copy.#turns = this.#turns;
    return copy;
  }
}

/** Lets conversations take turns, turn by turn, as those of several users come in; the figures by turn, then by conversation. */
export async function talk(side: ChatSide, conversations: readonly Conversation[], turns: number): Promise<Turn[][]> {
  const said: Turn[][] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const round: Turn[] = [];
    for (const conversation of conversations) round.push(await conversation.next(side));
    said.push(round);
  }
  return said;
}
