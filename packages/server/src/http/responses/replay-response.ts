import type { ResponseLogprob, ResponseObject, ResponseOutputItem, ResponseStreamEvent } from '@concert/protocol';
import type { AnswerEvent, TokenLogprob } from '../../pipeline/request.ts';
import { ResponseFold } from './response-fold.ts';

/** The events of a response that has ended, as if it were written now, each item in one piece. */
export function replayResponse(response: ResponseObject): ResponseStreamEvent[] {
  const { concert: _, ...rest } = response;
  const fold = new ResponseFold(
    {
      ...rest,
      status: 'in_progress',
      output: [],
      usage: null,
      completed_at: null,
      error: null,
      incomplete_details: null,
    },
    { trace: false, nowMs: () => (response.completed_at ?? 0) * 1000 },
  );
  const events = fold.begin();
  if (response.status === 'failed' || response.status === 'cancelled')
    return [...events, { type: 'response.failed', sequence_number: events.length, response }];
  let calls = 0;
  for (const item of response.output) {
    for (const event of written(item, calls)) events.push(...fold.push(event));
    if (item.type === 'function_call') calls += 1;
  }
  const reason = response.status === 'incomplete' ? 'length' : 'stop';
  events.push(...fold.push({ kind: 'choice-finished', choice: 0, reason }));
  events.push(...fold.finish(NOTHING_COUNTED));
  return [...events, { ...fold.end(), response } as ResponseStreamEvent];
}

const NOTHING_COUNTED: Extract<AnswerEvent, { kind: 'finish' }> = {
  kind: 'finish',
  promptTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
  cachedTokens: 0,
  plan: { route: '', reason: '', confidence: 1, steps: [] },
};

/** The events of an answer that make an item. */
function written(item: ResponseOutputItem, index: number): Exclude<AnswerEvent, { kind: 'finish' }>[] {
  const choice = 0;
  switch (item.type) {
    case 'message':
      return item.content.map(({ text, logprobs }) => ({
        kind: 'text-delta',
        choice,
        text,
        logprobs: logprobs.map(toTokenLogprob),
      }));
    case 'reasoning':
      return [...item.summary, ...(item.content ?? [])].map(({ text }) => ({ kind: 'reasoning-delta', choice, text }));
    case 'function_call':
      return [
        { kind: 'tool-call', choice, index, id: item.call_id, name: item.name },
        { kind: 'tool-call-delta', choice, index, text: item.arguments },
      ];
    default:
      return item satisfies never;
  }
}

function toTokenLogprob({ top_logprobs: top, ...token }: ResponseLogprob): TokenLogprob {
  const likely = ({ token: text, bytes, logprob }: Omit<ResponseLogprob, 'top_logprobs'>) => ({
    text,
    bytes: Uint8Array.from(bytes),
    logprob,
  });
  return { ...likely(token), top: top.map(likely) };
}
