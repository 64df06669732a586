import { arch, totalmem } from 'node:os';
import { availableMemoryBytes } from '../shared/process-memory.ts';

/** What a profile is chosen by. */
export interface Machine {
  /** Memory that can still be used, a container's limit respected. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Node's name of the processor's architecture: `x64`, `arm64`. */
  readonly arch: string;
}

/** Looks at this machine, or at the container that it shows us. */
export async function readMachine(): Promise<Machine> {
  return { freeBytes: await availableMemoryBytes(), totalBytes: totalmem(), arch: arch() };
}
