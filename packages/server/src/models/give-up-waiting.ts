import type { ModelManager, SlotState } from './model-manager.ts';

const neverAborted = new AbortController().signal;
/** Told to come again where nothing was measured yet. */
const GUESSED_SECONDS = 15;

/**
 * For a request that waited too long: what it waited for, and in how many seconds to come again, by the last load's time. A load
 * goes on without it, else no try would ever find the model ready.
 */
export function giveUpWaiting(
  models: Pick<ModelManager, 'status' | 'preload'>,
  modelId: string,
  nowMs: number,
): { readonly why: 'loading' | 'busy'; readonly retryAfterSeconds: number } {
  const status = models.status().models.find(({ model }) => model.id === modelId);
  if (status === undefined || status.state.kind === 'ready') return { why: 'busy', retryAfterSeconds: GUESSED_SECONDS };
  // The manager logs why a load failed; whoever asks next is told.
  models.preload([modelId], neverAborted).catch(() => undefined);
  return { why: 'loading', retryAfterSeconds: secondsLeft(status.state, status.loadMs, nowMs) };
}

function secondsLeft(state: SlotState, loadMs: number | null, nowMs: number): number {
  const passedMs = state.kind === 'loading' ? nowMs - state.sinceMs : 0;
  // A load that takes longer than the last one may take as long again.
  const leftMs = loadMs === null ? passedMs || GUESSED_SECONDS * 1000 : loadMs - passedMs;
  return Math.max(1, Math.ceil((leftMs > 0 ? leftMs : passedMs) / 1000));
}
