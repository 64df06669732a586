import type { ChatEvent, ChatRequest, TokenLogprob } from '../engine.ts';
import type { FakeRequest } from './behaviour.ts';

/** The words of a text, each but the first with the space before it. */
export function wordsOf(text: string): string[] {
  return text.split(' ').map((word, at) => (at === 0 ? word : ` ${word}`));
}

/** Answers a chat as told: thoughts, words, calls. Each word and each call is a token. */
export function* chatEvents(request: ChatRequest, told: FakeRequest & { readonly say: string }): Generator<ChatEvent> {
  const stopped = request.stop.find((stop) => told.say.includes(stop));
  const say = stopped === undefined ? told.say : told.say.slice(0, told.say.indexOf(stopped));
  const words = say === '' ? [] : wordsOf(say);
  yield { kind: 'prompt', promptTokens: request.messages.length, cachedTokens: told.cachedTokens };
  if (request.countOnly === true) {
    yield { kind: 'finish', reason: 'length', completionTokens: 0 };
    return;
  }
  const thoughts = told.think === undefined ? [] : wordsOf(told.think);
  for (const text of thoughts) yield { kind: 'reasoning-delta', text };
  const most = request.maxTokens ?? Infinity;
  const said = words.slice(0, most);
  for (const [at, text] of said.entries()) {
    yield {
      kind: 'text-delta',
      text,
      ...(request.logprobs !== undefined && { logprobs: [logprobOf(text, at, request.logprobs)] }),
    };
  }
  const calls = request.tools === undefined || words.length > most ? [] : told.calls;
  for (const [index, call] of calls.entries()) {
    yield { kind: 'tool-call', index, id: `call_${index}_${call.name}`, name: call.name };
    for (let at = 0; at < call.arguments.length; at += told.fragment) {
      yield { kind: 'tool-call-delta', index, text: call.arguments.slice(at, at + told.fragment) };
    }
  }
  yield {
    kind: 'finish',
    reason: words.length > most ? 'length' : calls.length > 0 ? 'tool-calls' : 'stop',
    completionTokens: thoughts.length + said.length + calls.length,
    ...(thoughts.length > 0 && { reasoningTokens: thoughts.length }),
    ...(stopped !== undefined && words.length <= most && { stopped }),
  };
}

/** The further into the answer, the less likely; the alternatives are the word with a number behind it. */
function logprobOf(text: string, at: number, alternatives: number): TokenLogprob {
  const logprob = -0.25 * (at + 1);
  const top = Array.from({ length: alternatives }, (_, rank) => {
    const other = rank === 0 ? text : `${text}${rank}`;
    return { text: other, bytes: Buffer.from(other), logprob: logprob - rank };
  });
  return { text, bytes: Buffer.from(text), logprob, top };
}
