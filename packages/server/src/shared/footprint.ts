/** A memory that models lie in: `ram`, or a GPU's own by its index (`gpu:0`). */
export type DeviceId = 'ram' | `gpu:${number}`;

/** Bytes by the device that holds them; a device that is not named holds none. */
export type Footprint = Readonly<Partial<Record<DeviceId, number>>>;

/** Holds nothing anywhere. */
export const NO_BYTES: Footprint = {};

/** The devices that a footprint names. */
export function devicesOf(footprint: Footprint): DeviceId[] {
  return Object.keys(footprint) as DeviceId[];
}

/** Bytes on one device. */
export function bytesOn(footprint: Footprint, device: DeviceId): number {
  return footprint[device] ?? 0;
}

/** Both together, device by device. */
export function addFootprints(a: Footprint, b: Footprint): Footprint {
  return combine(a, b, (x, y) => x + y);
}

/** The first less the second, device by device; may be negative. */
export function subtractFootprints(a: Footprint, b: Footprint): Footprint {
  return combine(a, b, (x, y) => x - y);
}

/** The larger of both, device by device. */
export function largerFootprint(a: Footprint, b: Footprint): Footprint {
  return combine(a, b, Math.max);
}

/** Whether `needed` fits into `free` on every device. */
export function fits(needed: Footprint, free: Footprint): boolean {
  return devicesOf(needed).every((device) => bytesOn(needed, device) <= bytesOn(free, device));
}

/** Bytes on all devices. */
export function totalOf(footprint: Footprint): number {
  return devicesOf(footprint).reduce((sum, device) => sum + bytesOn(footprint, device), 0);
}

function combine(a: Footprint, b: Footprint, join: (x: number, y: number) => number): Footprint {
  const devices = new Set([...devicesOf(a), ...devicesOf(b)]);
  return Object.fromEntries([...devices].map((device) => [device, join(bytesOn(a, device), bytesOn(b, device))]));
}
