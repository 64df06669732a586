import {
  type Footprint,
  NO_BYTES,
  addFootprints,
  bytesOn,
  devicesOf,
  fits,
  largerFootprint,
  subtractFootprints,
} from '../../shared/footprint.ts';
import { type Slot, type Way, variantOf, wayKey } from './slot.ts';

/** Bytes counted against the budgets for a model: from before its load until its process is gone, and what it left behind. */
function countedBytes(slot: Slot): Footprint {
  return slot.phase.kind === 'unloaded' ? slot.kept : addFootprints(slot.kept, slot.phase.reserved);
}

/** The sum of all that is counted. */
export function totalCounted(slots: Iterable<Slot>): Footprint {
  let total = NO_BYTES;
  for (const slot of slots) total = addFootprints(total, countedBytes(slot));
  return total;
}

/** The ways in which the model's next load may go, best first. */
export function waysOf(slot: Slot): readonly Way[] {
  const shrunk = slot.retry === 'shrunk';
  return variantOf(slot.model, shrunk).placements.map((_, placement) => ({ shrunk, placement }));
}

/** The least a model takes in a way: measured at its last load, or the estimate. */
export function leastFor(slot: Slot, way: Way): Footprint {
  return slot.sizes.get(wayKey(way))?.loaded ?? estimateFor(slot, way);
}

/**
 * What is set aside before a load: the most that was ever measured, or the estimate. Growth beyond what can be had while
 * requests ran does not shut the model out for ever: it then gets all that can be had.
 */
export function neededFor(slot: Slot, way: Way, attainable: Footprint): Footprint {
  const wanted = slot.sizes.get(wayKey(way))?.peak ?? estimateFor(slot, way);
  return Object.fromEntries(
    devicesOf(wanted).map((device) => [device, Math.min(bytesOn(wanted, device), bytesOn(attainable, device))]),
  );
}

/** What could ever be free for a model: the budgets less what pinned models hold and what ended ones did not give back. */
export function attainableFor(slots: Iterable<Slot>, budgets: Footprint, modelId: string): Footprint {
  let attainable = budgets;
  for (const slot of slots) {
    attainable = subtractFootprints(attainable, slot.kept);
    const { phase } = slot;
    if (slot.model.id !== modelId && isStuck(slot) && phase.kind !== 'unloaded') {
      attainable = subtractFootprints(attainable, phase.reserved);
    }
  }
  return attainable;
}

/** Whether the model holds its memory until somebody asks for its end. */
export function isStuck({ pinned, phase }: Slot): boolean {
  if (!pinned || phase.kind === 'unloaded' || phase.kind === 'unloading') return false;
  return !(phase.kind === 'ready' && phase.leaving !== null);
}

/** Whether the model could be loaded in any way if everything that can go were gone. */
export function everFits(slot: Slot, attainable: Footprint): boolean {
  return waysOf(slot).some((way) => fits(leastFor(slot, way), attainable));
}

/** What counts after a measurement: measured bytes of the devices that have a budget, the reservation for those that were not told. */
export function countMeasured(reserved: Footprint, measured: Footprint, budgets: Footprint): Footprint {
  const told = Object.fromEntries(
    devicesOf(measured)
      .filter((device) => device in budgets || device in reserved)
      .map((device) => [device, bytesOn(measured, device)]),
  );
  return { ...reserved, ...told };
}

/** What a model needs on top of what it holds while it passes from one footprint to another. */
export function extraFor(held: Footprint, next: Footprint): Footprint {
  const peak = subtractFootprints(largerFootprint(held, next), held);
  return Object.fromEntries(
    devicesOf(peak).flatMap((device) => (bytesOn(peak, device) > 0 ? [[device, peak[device]]] : [])),
  );
}

function estimateFor({ model }: Slot, way: Way): Footprint {
  return variantOf(model, way.shrunk).placements[way.placement] ?? NO_BYTES;
}
