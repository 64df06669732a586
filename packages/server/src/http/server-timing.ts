import type { StepTrace } from '../pipeline/request.ts';

/** The `Server-Timing` header (W3C): one entry for each step, in milliseconds. */
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

/** What a quoted header value may hold. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, '?');
}
