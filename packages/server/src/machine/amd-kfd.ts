import type { Probe } from './probe.ts';

const TOPOLOGY = '/sys/class/kfd/kfd/topology/nodes';
const PROCESSES = '/sys/class/kfd/kfd/proc';

/** The kernel's own numbers of AMD's GPUs, in the order in which ROCm counts them; processors' nodes have none. */
export async function readKfdIds(probe: Probe): Promise<string[]> {
  const nodes = (await probe.list(TOPOLOGY)).toSorted((a, b) => Number(a) - Number(b));
  const ids = await Promise.all(nodes.map((node) => probe.readText(`${TOPOLOGY}/${node}/gpu_id`)));
  return ids.map((id) => (id ?? '0').trim()).filter((id) => id !== '0');
}

/** Bytes of video memory by process and GPU number, as the compute driver counts them. */
export async function readKfdUse(probe: Probe): Promise<{ pid: number; gpuId: string; bytes: number }[]> {
  const pids = (await probe.list(PROCESSES)).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const files = (await probe.list(`${PROCESSES}/${pid}`)).filter((name) => /^vram_\d+$/.test(name));
      return Promise.all(
        files.map(async (file) => ({
          pid: Number(pid),
          gpuId: file.slice('vram_'.length),
          bytes: Number((await probe.readText(`${PROCESSES}/${pid}/${file}`)) ?? 0),
        })),
      );
    }),
  );
  return found.flat().filter(({ bytes }) => bytes > 0);
}
