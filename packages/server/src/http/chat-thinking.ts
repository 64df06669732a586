import type { ChatCompletionRequest, ReasoningEffort } from '@concert/protocol';
import type { Thinking } from '../pipeline/request.ts';

/** Most tokens of thinking for an effort; null: none at all. */
const BUDGETS: Readonly<Record<ReasoningEffort, number | null>> = {
  none: null,
  minimal: null,
  low: 512,
  medium: 2_048,
  high: 8_192,
  xhigh: 32_768,
};

/** How an effort in OpenAI's words is thought. */
export function effortOf(effort: ReasoningEffort): Thinking {
  const budgetTokens = BUDGETS[effort];
  return { enabled: budgetTokens !== null, budgetTokens };
}

/** How the model is to think: what is said of thinking itself comes before an effort, and that before a template's variable. */
export function toThinking(
  wanted: Pick<ChatCompletionRequest, 'enable_thinking' | 'reasoning' | 'reasoning_effort' | 'chat_template_kwargs'>,
): Thinking {
  const { reasoning } = wanted;
  const effort = wanted.reasoning_effort ?? reasoning?.effort ?? null;
  const byEffort = effort === null ? null : effortOf(effort);
  const byTemplate = wanted.chat_template_kwargs?.['enable_thinking'];
  const budgetTokens = reasoning?.max_tokens ?? byEffort?.budgetTokens ?? null;
  return {
    enabled:
      wanted.enable_thinking ??
      reasoning?.enabled ??
      byEffort?.enabled ??
      (typeof byTemplate === 'boolean' ? byTemplate : budgetTokens === null ? null : true),
    budgetTokens,
  };
}

/** Whether reasoning is returned: asked for, or part of what was asked in the words of those who return it always. */
export function returnsReasoning({
  return_reasoning,
  reasoning,
}: Pick<ChatCompletionRequest, 'return_reasoning' | 'reasoning'>): boolean {
  return return_reasoning ?? (reasoning !== null && reasoning !== undefined && reasoning.exclude !== true);
}
