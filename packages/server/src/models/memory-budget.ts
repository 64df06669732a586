import type { Slot } from './slot.ts';

/** Bytes counted against the budget for a model: from before its load until its process is gone. */
export function reservedBytes(slot: Slot): number {
  return slot.phase.kind === 'unloaded' ? 0 : slot.phase.reservedBytes;
}

/** The sum of all reservations. */
export function totalReservedBytes(slots: Iterable<Slot>): number {
  let total = 0;
  for (const slot of slots) total += reservedBytes(slot);
  return total;
}

/** The least a model takes: measured at its last load, or the estimate. Above the budget it can never be loaded. */
export function leastBytes(slot: Slot): number {
  return slot.loadedBytes ?? slot.model.estimateBytes;
}

/**
 * What is set aside before a load: the most that was ever measured, or the estimate. Growth beyond the budget while
 * requests ran does not shut the model out for ever: it then gets the whole budget for itself.
 */
export function neededBytes(slot: Slot, budgetBytes: number): number {
  return Math.min(slot.peakBytes ?? slot.model.estimateBytes, budgetBytes);
}
