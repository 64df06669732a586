import { type Footprint, addFootprints, bytesOn, devicesOf, fits, subtractFootprints } from '../../shared/footprint.ts';
import type { SchedulerDraft } from './draft.ts';

/** The free memory while models are placed one after the other: what is there now, and what is about to come back. */
export class Room {
  #now: Footprint;
  #coming: Footprint;

  constructor(draft: SchedulerDraft) {
    this.#now = draft.free();
    this.#coming = comingBytes(draft);
  }

  get now(): Footprint {
    return this.#now;
  }

  get soon(): Footprint {
    return addFootprints(this.#now, this.#coming);
  }

  fits(needed: Footprint): boolean {
    return fits(needed, this.#now);
  }

  take(bytes: Footprint): void {
    this.#now = subtractFootprints(this.#now, bytes);
  }

  comes(bytes: Footprint): void {
    this.#coming = addFootprints(this.#coming, bytes);
  }

  /** What is free or becomes free belongs to this model first; later ones share what is left over. */
  claim(needed: Footprint): void {
    const taken: [string, number][] = [];
    for (const device of devicesOf(needed)) {
      taken.push([device, Math.max(0, Math.min(bytesOn(needed, device), bytesOn(this.#now, device)))]);
    }
    const fromNow = Object.fromEntries(taken) as Footprint;
    this.#now = subtractFootprints(this.#now, fromNow);
    this.#coming = subtractFootprints(this.#coming, subtractFootprints(needed, fromNow));
  }
}

/** What comes back without further decisions. */
function comingBytes(draft: SchedulerDraft): Footprint {
  let coming: Footprint = {};
  for (const { phase } of draft.slots.values()) {
    if (phase.kind === 'unloading' || (phase.kind === 'ready' && phase.leaving !== null)) {
      coming = addFootprints(coming, phase.reserved);
    } else if (phase.kind === 'falling-asleep') {
      coming = addFootprints(coming, subtractFootprints(phase.reserved, phase.asleep));
    }
  }
  return coming;
}
