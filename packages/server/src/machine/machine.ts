import type { DeviceId } from '../shared/footprint.ts';

/** A graphics processor with the memory it has. */
export interface Gpu {
  readonly id: Exclude<DeviceId, 'ram'>;
  /** As the vendor's tools and `CUDA_VISIBLE_DEVICES` count it. */
  readonly index: number;
  /** The vendor's stable name of the device; null where there is none. */
  readonly uuid: string | null;
  readonly vendor: 'nvidia' | 'amd' | 'apple';
  readonly name: string;
  readonly totalBytes: number;
  /** Not used by any process now. */
  readonly freeBytes: number;
  readonly driver: string | null;
  /** NVIDIA's compute capability, such as `8.9`. */
  readonly computeCapability: string | null;
  readonly numaNode: number | null;
  /** Whether its memory is the machine's own (Apple, Jetson): then nothing is counted on it, but on `ram`. */
  readonly unified: boolean;
}

/** What a process holds on a GPU. */
export interface GpuUse {
  readonly device: Exclude<DeviceId, 'ram'>;
  readonly pid: number;
  readonly bytes: number;
  /** The program's name as the vendor's tool tells it. */
  readonly command: string;
}

/** What profiles are chosen by and the doctor tells: the container's truth, where the server runs in one. */
export interface Machine {
  /** Node's `process.platform`. */
  readonly platform: string;
  /** Node's name of the processor's architecture: `x64`, `arm64`. */
  readonly arch: string;
  /** What the device tree names, such as `NVIDIA Jetson AGX Orin` or `Raspberry Pi 5 Model B`; null on other machines. */
  readonly board: { readonly kind: 'jetson' | 'raspberry-pi' | 'other'; readonly model: string } | null;
  /** The kind of container that the server runs in, such as `Docker`; null outside of one. */
  readonly container: string | null;
  readonly cpuModel: string;
  /** Processors that may be used: affinity and CPU quota respected; may be a fraction. */
  readonly cores: number;
  readonly hostCores: number;
  /** Memory that can still be used, a container's limit respected. */
  readonly freeBytes: number;
  /** Memory in all, a container's limit respected. */
  readonly totalBytes: number;
  /** A container's limits that are narrower than the machine; null when there are none. */
  readonly limits: { readonly memoryBytes: number | null; readonly cpus: number | null } | null;
  readonly numaNodes: number;
  readonly gpus: readonly Gpu[];
  /** Why no GPU is listed, in a sentence; null when there are some. */
  readonly gpuAbsence: string | null;
}
