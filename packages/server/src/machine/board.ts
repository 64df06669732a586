import type { Machine } from './machine.ts';
import type { Probe } from './probe.ts';

/** Compute capability of the GPU in each of NVIDIA's boards, by what the device tree calls its chip. */
const TEGRA_CAPABILITY: Readonly<Record<string, string>> = {
  tegra210: '5.3',
  tegra186: '6.2',
  tegra194: '7.2',
  tegra234: '8.7',
  tegra264: '11.0',
};

export interface Board {
  readonly board: NonNullable<Machine['board']>;
  /** Compute capability of the board's own GPU, where it is a Jetson. */
  readonly computeCapability: string | null;
}

/** Reads the device tree, which boards have and PCs have not; its texts end with a NUL. */
export async function readBoard(probe: Probe): Promise<Board | null> {
  const [model, compatible] = await Promise.all([
    probe.readText('/proc/device-tree/model'),
    probe.readText('/proc/device-tree/compatible'),
  ]);
  if (model === null && compatible === null) return null;
  const chips = (compatible ?? '').split('\0').filter((name) => name !== '');
  const name = (model ?? '').replaceAll('\0', '').trim() || (chips[0] ?? 'unknown board');
  const tegra = chips.find((chip) => /^nvidia,tegra\d+$/.test(chip))?.slice('nvidia,'.length);
  if (tegra !== undefined || /\bJetson\b/.test(name)) {
    return { board: { kind: 'jetson', model: name }, computeCapability: TEGRA_CAPABILITY[tegra ?? ''] ?? null };
  }
  const isPi = chips.some((chip) => chip.startsWith('raspberrypi,')) || name.startsWith('Raspberry Pi');
  return { board: { kind: isPi ? 'raspberry-pi' : 'other', model: name }, computeCapability: null };
}
