import type { ChatLogprobs, PlanReport, Usage } from '@concert/protocol';
import { createHash } from 'node:crypto';
import type { AnswerEvent, FinishReason, PlanTrace, TokenLogprob } from '../pipeline/request.ts';

/** What is said where a token was impossible: JSON has no infinity. */
const LEAST_LOGPROB = -9999;

/** Tokens in OpenAI's form. */
export function usageOf(event: Extract<AnswerEvent, { kind: 'finish' }>): Usage {
  return {
    prompt_tokens: event.promptTokens,
    completion_tokens: event.completionTokens,
    total_tokens: event.promptTokens + event.completionTokens,
    prompt_tokens_details: { cached_tokens: event.cachedTokens },
    completion_tokens_details: { reasoning_tokens: event.reasoningTokens },
  };
}

/** The plan as `concert.plan` tells it. */
export function planReport(plan: PlanTrace): PlanReport {
  return {
    route: plan.route,
    reason: plan.reason,
    confidence: plan.confidence,
    steps: plan.steps.map(({ step, model, startMs, durationMs, detail }) => ({
      step,
      model,
      start_ms: startMs,
      duration_ms: durationMs,
      ...(detail !== undefined && { detail }),
    })),
  };
}

/** Why a choice ended, in OpenAI's words; `functions`: in those before tools. */
export function finishReason(
  reason: FinishReason,
  { functions }: { readonly functions: boolean },
): 'stop' | 'length' | 'tool_calls' | 'function_call' {
  if (reason !== 'tool-calls') return reason;
  return functions ? 'function_call' : 'tool_calls';
}

/** What the model thought of tokens, in OpenAI's form. */
export function logprobsOf(tokens: readonly TokenLogprob[]): ChatLogprobs {
  return {
    content: tokens.map((token) => ({ ...likelyToken(token), top_logprobs: token.top.map(likelyToken) })),
    refusal: null,
  };
}

function likelyToken({ text, bytes, logprob }: Omit<TokenLogprob, 'top'>): {
  token: string;
  bytes: number[];
  logprob: number;
} {
  return { token: text, bytes: [...bytes], logprob: Math.max(LEAST_LOGPROB, logprob) };
}

/** What tells answers of other weights or another server version apart; `model` null: not known. */
export function fingerprintOf(version: string, model: string | null): string {
  return `fp_${createHash('sha256').update(`${version} ${model}`).digest('hex').slice(0, 10)}`;
}
