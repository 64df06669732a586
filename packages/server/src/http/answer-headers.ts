import type { ChatInput, StepTrace } from '../pipeline/request.ts';

/** The `Server-Timing` header (W3C): one entry for each step that has ended, in milliseconds. */
export function serverTiming(steps: readonly StepTrace[]): Record<string, string> {
  if (steps.length === 0) return {};
  const entries = steps.map(
    ({ step, model, durationMs }) => `${step};dur=${durationMs.toFixed(1)};desc="${headerText(model)}"`,
  );
  return { 'server-timing': entries.join(', ') };
}

/** The header that tells which weights answered. */
export function modelHeader(model: string | null): Record<string, string> {
  return model === null ? {} : { 'x-concert-model': headerText(model) };
}

/** The header that says what was asked and cannot be had: reasoning, where `model` gave none. */
export function noticeHeader(
  input: Pick<ChatInput, 'thinking' | 'returnReasoning'>,
  model: string | null,
): Record<string, string> {
  if (model === null || !(input.thinking.enabled === true || input.returnReasoning)) return {};
  return { 'x-concert-notice': `reasoning is not available from ${headerText(model)}` };
}

/** What a quoted header value may hold. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, '?');
}
