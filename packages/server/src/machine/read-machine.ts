import { findAmd } from './amd.ts';
import { type Board, readBoard } from './board.ts';
import { countCpus, readAllowance, readContainer } from './limits.ts';
import type { Gpu, Machine } from './machine.ts';
import { findNvidia } from './nvidia.ts';
import { outputOf, type Probe } from './probe.ts';

/** Looks at the machine, or at the container that it shows us. Never throws: what cannot be read counts as not there. */
export async function readMachine(probe: Probe): Promise<Machine> {
  const [allowance, container, board, numaNodes] = await Promise.all([
    readAllowance(probe),
    readContainer(probe),
    readBoard(probe),
    countNumaNodes(probe),
  ]);
  const memory = { totalBytes: allowance.totalBytes, freeBytes: allowance.freeBytes };
  const { gpus, absence } = await findGpus(probe, board, memory);
  return {
    platform: probe.platform,
    arch: probe.arch,
    board: board?.board ?? null,
    container,
    cpuModel: await readCpuModel(probe),
    cores: allowance.cores,
    hostCores: probe.cpu.count,
    ...memory,
    limits: allowance.limits,
    numaNodes,
    gpus,
    gpuAbsence: absence,
  };
}

/** Why no GPU is listed where there is no trace of one. */
export const NO_GPU = 'no NVIDIA, AMD or Apple GPU was found';

type Memory = Pick<Machine, 'totalBytes' | 'freeBytes'>;

async function findGpus(
  probe: Probe,
  board: Board | null,
  memory: Memory,
): Promise<{ readonly gpus: readonly Gpu[]; readonly absence: string | null }> {
  if (probe.platform === 'darwin') return findApple(probe, memory);
  const nvidia = await findNvidia(probe);
  if (nvidia.devices.length > 0) {
    const all = nvidia.devices.map(({ gpu }) => (gpu.unified ? { ...gpu, ...memory, ...boardFacts(gpu, board) } : gpu));
    const gpus = visibleGpus(all, probe.env['CUDA_VISIBLE_DEVICES']);
    return { gpus, absence: gpus.length > 0 ? null : hidden('CUDA_VISIBLE_DEVICES', all.length) };
  }
  if (board?.board.kind === 'jetson') return { gpus: [await jetsonGpu(probe, board, memory)], absence: null };
  const amd = await findAmd(probe);
  if (amd.length > 0) {
    const gpus = visibleGpus(amd, probe.env['HIP_VISIBLE_DEVICES'] ?? probe.env['ROCR_VISIBLE_DEVICES']);
    return { gpus, absence: gpus.length > 0 ? null : hidden('HIP_VISIBLE_DEVICES', amd.length) };
  }
  return { gpus: [], absence: nvidia.absence ?? NO_GPU };
}

function boardFacts(gpu: Gpu, board: Board | null): Pick<Gpu, 'computeCapability'> {
  return { computeCapability: gpu.computeCapability ?? board?.computeCapability ?? null };
}

/** Boards before JetPack 6 have no nvidia-smi. */
async function jetsonGpu(probe: Probe, board: Board, memory: Memory): Promise<Gpu> {
  const release = (await probe.readText('/etc/nv_tegra_release')) ?? '';
  const [, major, revision] = /^# R(\d+) \(release\), REVISION: ([\d.]+)/.exec(release) ?? [];
  return {
    id: 'gpu:0',
    index: 0,
    uuid: null,
    vendor: 'nvidia',
    name: `integrated GPU of the ${board.board.model}`,
    ...memory,
    driver: major === undefined ? null : `L4T ${major}.${revision ?? '0'}`,
    computeCapability: board.computeCapability,
    numaNode: null,
    unified: true,
  };
}

async function findApple(probe: Probe, memory: Memory): Promise<{ gpus: readonly Gpu[]; absence: string | null }> {
  if (probe.arch !== 'arm64') return { gpus: [], absence: 'this Mac has no Apple GPU' };
  const gpu: Gpu = {
    id: 'gpu:0',
    index: 0,
    uuid: null,
    vendor: 'apple',
    name: await readCpuModel(probe),
    ...memory,
    driver: null,
    computeCapability: null,
    numaNode: null,
    unified: true,
  };
  return { gpus: [gpu], absence: null };
}

async function readCpuModel(probe: Probe): Promise<string> {
  const brand =
    probe.platform === 'darwin' ? await outputOf(probe, 'sysctl', ['-n', 'machdep.cpu.brand_string']) : null;
  return brand?.trim() || probe.cpu.model || 'unknown processor';
}

async function countNumaNodes(probe: Probe): Promise<number> {
  return countCpus(((await probe.readText('/sys/devices/system/node/online')) ?? '').trim()) || 1;
}

function hidden(variable: string, count: number): string {
  return `${variable} hides ${count === 1 ? 'the GPU' : `all ${count} GPUs`}; unset it, or name the ones to use`;
}

/** As CUDA and HIP read the variable: a list of numbers or UUIDs (or their beginnings), which ends at the first that is none. */
export function visibleGpus(gpus: readonly Gpu[], variable: string | undefined): readonly Gpu[] {
  if (variable === undefined) return gpus;
  const visible: Gpu[] = [];
  for (const name of variable.split(',').map((part) => part.trim())) {
    const gpu = gpus.find(
      ({ index, uuid }) => String(index) === name || (name.length > 4 && uuid?.startsWith(name) === true),
    );
    if (gpu === undefined || visible.includes(gpu)) break;
    visible.push(gpu);
  }
  return visible;
}
