import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import { longPrompt } from '../engine/long-prompt.ts';
import type { ChatSide } from '../stream/chat-side.ts';
import { RUN_MARK } from '../run-mark.ts';
import type { Turn } from './conversation.ts';

const SYSTEM_TOKENS = 600;
const ANSWER_TOKENS = 8;
const QUESTIONS = [
  'Which word is the longest?',
  'Name a word of the list.',
  'How does the list begin?',
  'Is a stone in it?',
];

/** As many requests at the same moment as `streams`, all behind the same long system message, each with a question of its own. */
export async function askTogether(side: ChatSide, list: number, streams: number, wave: number): Promise<Turn[]> {
  const words = longPrompt(list, SYSTEM_TOKENS)[1]?.content ?? '';
  return Promise.all(
    Array.from({ length: streams }, async (_, index) => {
      const question = `${QUESTIONS[index % QUESTIONS.length]} This is question ${wave * streams + index}.`;
      const messages: readonly ChatMessage[] = [
        { role: 'system', content: `List ${RUN_MARK}, ${list}: ${String(words)}` },
        { role: 'user', content: question },
      ];
      const { firstTextMs, promptTokens, cachedTokens } = await side.ask(messages, ANSWER_TOKENS);
      return { firstTextMs, promptTokens, cachedTokens };
    }),
  );
}
