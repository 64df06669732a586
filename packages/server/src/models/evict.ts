/** A model in memory that has no users. */
export interface Resident {
  readonly id: string;
  readonly bytes: number;
  readonly idleSinceMs: number;
  /** Whether it is configured to stay; such a model goes last. */
  readonly keep: boolean;
}

/**
 * Names the models to unload so that `needBytes` fit, given `freeBytes` (negative when the budget is overdrawn); an
 * empty list when they fit already, null when they cannot. The longest idle go first, and none goes in vain.
 */
export function chooseEvictions(residents: readonly Resident[], needBytes: number, freeBytes: number): string[] | null {
  const order = residents.toSorted((a, b) => Number(a.keep) - Number(b.keep) || a.idleSinceMs - b.idleSinceMs);
  const chosen: Resident[] = [];
  let free = freeBytes;
  for (const resident of order) {
    if (free >= needBytes) break;
    chosen.push(resident);
    free += resident.bytes;
  }
  if (free < needBytes) return null;
  // A large late choice can make small earlier ones unnecessary; the last used are spared first.
  for (const resident of chosen.toReversed()) {
    if (free - resident.bytes < needBytes) continue;
    free -= resident.bytes;
    chosen.splice(chosen.indexOf(resident), 1);
  }
  return chosen.map(({ id }) => id);
}
