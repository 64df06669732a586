import type { Gpu } from '../../machine/machine.ts';
import type { PrivateFolder } from './engine-address.ts';
import type { LaunchContext } from './launcher.ts';

/** A card of 24 GB, for tests. */
export function testGpu(index: number, changes: Partial<Gpu> = {}): Gpu {
  return {
    id: `gpu:${index}`,
    index,
    uuid: null,
    vendor: 'nvidia',
    name: 'NVIDIA GeForce RTX 4090',
    totalBytes: 25_000_000_000,
    freeBytes: 24_500_000_000,
    driver: '570.0',
    computeCapability: '8.9',
    numaNode: null,
    unified: false,
    ...changes,
  };
}

/** What is known before a start, for tests of command lines. */
export function testContext(
  settings: Readonly<Record<string, unknown>>,
  changes: Partial<LaunchContext> = {},
  files: Readonly<Record<string, string>> = { 'config.json': '/models/hub/config.json' },
): LaunchContext & { readonly written: Map<string, string> } {
  const written = new Map<string, string>();
  const folder: PrivateFolder = {
    path: '/private',
    write(name, text) {
      written.set(name, text);
      return `/private/${name}`;
    },
    [Symbol.dispose]: () => undefined,
  };
  return {
    options: { modelId: 'hub', files, settings, threads: 4, gpus: [], state: null },
    address: { origin: 'http://127.0.0.1:4000', socketPath: null, port: 4000 },
    apiKey: 'the-key',
    folder,
    gpus: ['0', '1'],
    gpuBytes: 25_000_000_000,
    reservedBytes: 22_500_000_000,
    installed: '',
    written,
    ...changes,
  };
}
