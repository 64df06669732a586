import { type ChatEvent, type ChatMessage, type ChatRequest, contentText, type Engine } from '../../engines/engine.ts';
import { promptLanguage } from '../language.ts';
import type { Thinking } from '../request.ts';
import type { ReasoningProfile } from './profile.ts';
import { AnswerShaper, type ThoughtsGo } from './shape-answer.ts';
import { thinkFirst } from './think-first.ts';

/** How one answer is to be thought about, and what is told of it. */
export interface RunChatOptions {
  readonly profile: ReasoningProfile;
  readonly thinking: Thinking;
  /** Whether the caller wants the thoughts told beside the answer. */
  readonly returnReasoning: boolean;
}

/** Tokens of prompted thinking where nobody says how many. */
const PROMPTED_BUDGET = 1024;

/** What the model is told where it does not think by itself. */
const INSTRUCTIONS = {
  zh: (open: string, close: string) =>
    `回答之前,先在 ${open} 和 ${close} 之间一步一步地思考并检查,然后在 ${close} 之后只写给用户的最终答案。`,
  en: (open: string, close: string) =>
    `Before you answer, think step by step and check yourself between ${open} and ${close}. Then, after ${close}, write only the final answer for the user.`,
};

/**
 * Runs one answer of any chat engine with thinking as the request and the model's profile want it. The events are an engine's: one `prompt`,
 * thoughts as `reasoning-delta` only where they are to be told beside the answer, one `finish` with the tokens of all that was written.
 * Thinking with a budget is two runs: one writes the thoughts, until their end or the budget; the next continues behind them with the answer, to
 * which alone format, stops, log probabilities and the obligation to call functions apply.
 */
export async function* runChat(
  engine: Pick<Engine<'chat'>, 'run'>,
  request: ChatRequest,
  options: RunChatOptions,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  if (request.prompt !== undefined) {
    yield* engine.run(request, signal);
    return;
  }
  const { profile, thinking } = options;
  const budget = budgetOf(request, options);
  const prompted = profile.style === 'prompted' && budget !== null;
  const wanted: ChatRequest = {
    ...request,
    ...(prompted && { messages: instructed(request.messages, profile) }),
    ...(profile.templateVariable !== null &&
      thinking.enabled !== null && {
        templateOptions: { ...request.templateOptions, [profile.templateVariable]: thinking.enabled },
      }),
  };
  const thoughts = goesTo(options);
  if (request.countOnly === true) {
    yield* engine.run(wanted, signal);
  } else if (budget === null) {
    const begins = beginOf(wanted, options);
    yield* shaped(engine.run(wanted, signal), new AnswerShaper({ profile, thoughts, begins }));
  } else {
    yield* thinkFirst(engine, wanted, { profile, thoughts, budget }, signal);
  }
}

async function* shaped(events: AsyncIterable<ChatEvent>, shaper: AnswerShaper): AsyncGenerator<ChatEvent> {
  for await (const event of events) {
    switch (event.kind) {
      case 'text-delta':
        yield* shaper.text(event.text, event.logprobs);
        break;
      case 'reasoning-delta':
        yield* shaper.thought(event.text);
        break;
      case 'finish': {
        yield* shaper.flush();
        const reasoningTokens = event.reasoningTokens ?? shaper.thoughtTokens(event.completionTokens);
        yield { ...event, reasoningTokens };
        break;
      }
      case 'tool-call':
        yield* shaper.flush();
        yield event;
        break;
      case 'tool-call-delta':
      case 'prompt':
        yield event;
        break;
      default:
        event satisfies never;
    }
  }
}

function goesTo({ profile, returnReasoning }: RunChatOptions): ThoughtsGo {
  if (returnReasoning || profile.output === 'split') return 'beside';
  return profile.output === 'raw' ? 'in-text' : 'nowhere';
}

/** Tokens that thinking in a run of its own may take; null: there is none, the model answers in one run. */
function budgetOf(request: ChatRequest, { profile, thinking }: RunChatOptions): number | null {
  if (thinking.enabled === false || profile.splitByEngine) return null;
  // At least half of what may be written is left for the answer.
  const most = request.maxTokens === null ? Infinity : Math.floor(request.maxTokens / 2);
  const asked = thinking.budgetTokens ?? profile.budgetTokens;
  switch (profile.style) {
    case 'none':
      return null;
    case 'prompted': {
      if (thinking.enabled !== true) return null;
      const budget = Math.min(asked ?? PROMPTED_BUDGET, most);
      return budget < 1 ? null : budget;
    }
    case 'native':
      return asked === null ? null : Math.min(asked, most);
  }
}

/** Where the text of a single run begins; null where tags in it are the answer's own. */
function beginOf(
  request: ChatRequest,
  { profile, thinking, returnReasoning }: RunChatOptions,
): 'inside' | 'outside' | null {
  const json = request.format?.kind === 'json-object' || request.format?.kind === 'json-schema';
  if (json || profile.splitByEngine) return null;
  if (profile.style !== 'native') return returnReasoning ? 'outside' : null;
  return profile.templateOpens && thinking.enabled !== false ? 'inside' : 'outside';
}

/** The messages with the instruction to think, in the language of the user's last words. */
function instructed(messages: readonly ChatMessage[], { open, close }: ReasoningProfile): readonly ChatMessage[] {
  const last = messages.findLast((message) => message.role === 'user');
  const instruction = INSTRUCTIONS[promptLanguage(last === undefined ? '' : contentText(last.content))](open, close);
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: instruction }, ...messages];
  const content: ChatMessage['content'] =
    typeof first.content === 'string'
      ? `${first.content}\n\n${instruction}`
      : [...first.content, { kind: 'text', text: instruction }];
  return [{ ...first, content }, ...rest];
}
