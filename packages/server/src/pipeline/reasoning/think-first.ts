import type { ChatEvent, ChatRequest, Engine } from '../../engines/engine.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { ReasoningProfile } from './profile.ts';
import { AnswerShaper, type ThoughtsGo } from './shape-answer.ts';
import { ThoughtSplitter } from './split-thoughts.ts';

export interface ThinkFirstOptions {
  readonly profile: ReasoningProfile;
  readonly thoughts: ThoughtsGo;
  /** Most tokens of thinking; 0 closes it at once. */
  readonly budget: number;
}

/** Where the budget does not fit behind the prompt, less of it may. */
const LESS_AND_LESS = [1, 1 / 4, 1 / 16];

/** What the run of thinking came to. */
interface Thought {
  readonly text: string;
  readonly tokens: number;
  /** The prompt was told. */
  readonly begun: boolean;
  /** The model asked for functions right away: that is its answer. */
  readonly finish: Extract<ChatEvent, { kind: 'finish' }> | null;
}

/**
 * Thinks in a run of its own, then answers in another that continues behind the thoughts. The prompt is told once; its second evaluation is
 * the engine's prefix cache's affair.
 */
export async function* thinkFirst(
  engine: Pick<Engine<'chat'>, 'run'>,
  request: ChatRequest,
  options: ThinkFirstOptions,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const { profile, thoughts } = options;
  const shaper = new AnswerShaper({ profile, thoughts, begins: behindThoughts(request) });
  const thought = yield* think(engine, request, { ...options, shaper }, signal);
  if (thought.finish !== null) {
    yield* shaper.flush();
    yield thought.finish;
    return;
  }
  const left = request.maxTokens === null ? null : Math.max(1, request.maxTokens - thought.tokens);
  const second: ChatRequest = {
    ...request,
    maxTokens: left,
    prefill: closed(thought.text, profile) + (request.prefill ?? ''),
  };
  // Without thoughts nothing was told yet: then it is an error that all of it is too long.
  const answer = thought.begun ? asMuchAsFits(engine, second, signal) : engine.run(second, signal);
  for await (const event of answer) {
    switch (event.kind) {
      case 'prompt':
        if (!thought.begun) yield event;
        break;
      case 'text-delta':
        yield* shaper.text(event.text, event.logprobs);
        break;
      case 'reasoning-delta':
        yield* shaper.thought(event.text);
        break;
      case 'tool-call':
        yield* shaper.flush();
        yield event;
        break;
      case 'tool-call-delta':
        yield event;
        break;
      case 'finish':
        yield* shaper.flush();
        yield {
          ...event,
          completionTokens: thought.tokens + event.completionTokens,
          reasoningTokens: thought.tokens + (event.reasoningTokens ?? 0),
        };
        break;
      default:
        event satisfies never;
    }
  }
}

/** Tags may come again behind the thoughts; in JSON they are the answer's own. */
function behindThoughts({ format }: ChatRequest): 'behind' | null {
  return format?.kind === 'json-object' || format?.kind === 'json-schema' ? null : 'behind';
}

/** Where the template opens the thoughts itself, they are opened already. */
function opened(profile: ReasoningProfile): string {
  return profile.templateOpens ? '' : `${profile.open}\n`;
}

function closed(thought: string, profile: ReasoningProfile): string {
  const text = thought.trimEnd();
  return `${opened(profile)}${text}${text === '' ? '' : '\n'}${profile.close}\n\n`;
}

async function* think(
  engine: Pick<Engine<'chat'>, 'run'>,
  request: ChatRequest,
  { profile, budget, shaper }: ThinkFirstOptions & { readonly shaper: AnswerShaper },
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, Thought> {
  const nothing: Thought = { text: '', tokens: 0, begun: false, finish: null };
  for (const share of LESS_AND_LESS) {
    const maxTokens = Math.floor(budget * share);
    if (maxTokens < 1) return nothing;
    try {
      return yield* thinkOnce(engine, thinkingRequest(request, profile, maxTokens), { profile, shaper }, signal);
    } catch (error) {
      if (!isTooLong(error)) throw error;
    }
  }
  return nothing;
}

/** The same prompt, so that its evaluation serves the answer too; only what holds an answer to something is left out. */
function thinkingRequest(request: ChatRequest, profile: ReasoningProfile, maxTokens: number): ChatRequest {
  const { format: _format, logprobs: _logprobs, tools, ...rest } = request;
  return {
    ...rest,
    ...(tools !== undefined && { tools: { ...tools, choice: 'auto' } }),
    prefill: opened(profile),
    stop: [profile.close],
    maxTokens,
    // Thoughts that fill the context would leave no room for the answer.
    fitsContext: false,
  };
}

async function* thinkOnce(
  engine: Pick<Engine<'chat'>, 'run'>,
  request: ChatRequest,
  { profile, shaper }: { readonly profile: ReasoningProfile; readonly shaper: AnswerShaper },
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, Thought> {
  // Some models open their thoughts once more: the tag must not be told as a thought.
  const splitter = new ThoughtSplitter({ open: profile.open, close: profile.close, begins: 'inside' });
  let text = '';
  let tokens = 0;
  let calls = false;
  let finish: Thought['finish'] = null;
  for await (const event of engine.run(request, signal)) {
    switch (event.kind) {
      case 'prompt':
        yield event;
        break;
      case 'text-delta':
      case 'reasoning-delta':
        for (const stretch of splitter.push(event.text)) {
          text += stretch.text;
          yield* shaper.thought(stretch.text);
        }
        break;
      case 'tool-call':
        calls = true;
        yield* shaper.flush();
        yield event;
        break;
      case 'tool-call-delta':
        yield event;
        break;
      case 'finish':
        for (const stretch of splitter.flush()) {
          text += stretch.text;
          yield* shaper.thought(stretch.text);
        }
        tokens = event.completionTokens;
        if (calls) finish = { ...event, reasoningTokens: shaper.thoughtTokens(tokens) };
        break;
      default:
        event satisfies never;
    }
  }
  return { text, tokens, begun: true, finish };
}

/** The answer, cut where it fits no longer behind the thoughts and their tags. */
async function* asMuchAsFits(
  engine: Pick<Engine<'chat'>, 'run'>,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  try {
    yield* engine.run({ ...request, fitsContext: true }, signal);
  } catch (error) {
    // Engines refuse before they write anything.
    if (!isTooLong(error)) throw error;
    yield { kind: 'finish', reason: 'length', completionTokens: 0 };
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'context_length_exceeded';
}
