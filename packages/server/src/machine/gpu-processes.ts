import { readKfdIds, readKfdUse } from './amd-kfd.ts';
import type { GpuUse, Machine } from './machine.ts';
import { findNvidia, type NvidiaDevice } from './nvidia.ts';
import { readNvidiaXml } from './nvidia-smi.ts';
import { outputOf, type Probe } from './probe.ts';

const MIB = 2 ** 20;
/** What a driver keeps for itself on a card that nobody uses. */
const DRIVER_BYTES = 1024 * MIB;
const COMPUTE_APPS = ['--query-compute-apps=gpu_uuid,pid,used_memory,process_name', '--format=csv,noheader,nounits'];

/**
 * What processes hold on each GPU with memory of its own, by PID; empty where there is none, or where the driver does not tell. In a
 * container the PIDs are the container's only with drivers that translate them: `explainUnseenUse` says when they are not.
 */
export async function readGpuUse(probe: Probe): Promise<readonly GpuUse[]> {
  // A processor's small AMD graphics beside NVIDIA's cards is nothing that models use.
  return (await readNvidiaUse(probe)) ?? (await readAmdUse(probe));
}

/** Null where there is no working nvidia-smi. */
async function readNvidiaUse(probe: Probe): Promise<readonly GpuUse[] | null> {
  if (probe.platform === 'darwin') return null;
  const apps = await outputOf(probe, 'nvidia-smi', COMPUTE_APPS);
  if (apps === null) return null;
  if (apps.trim() === '') return [];
  const { devices } = await findNvidia(probe);
  if (devices.some((device) => device.instance !== null)) return readMigUse(probe, devices);
  return apps.split('\n').flatMap((line) => {
    const [uuid, pid, used, ...name] = line.split(',').map((cell) => cell.trim());
    const device = devices.find(({ gpu }) => gpu.uuid === uuid);
    // Windows and some virtual machines say `[N/A]`.
    if (device === undefined || !/^\d+$/.test(used ?? '')) return [];
    return [{ device: device.gpu.id, pid: Number(pid), bytes: Number(used) * MIB, command: name.join(', ') }];
  });
}

/** Only the long report says which instance of a card a process runs on. */
async function readMigUse(probe: Probe, devices: readonly NvidiaDevice[]): Promise<readonly GpuUse[]> {
  return ((await readNvidiaXml(probe)) ?? []).flatMap((card) =>
    card.processes.flatMap(({ pid, bytes, command, gpuInstance, computeInstance }) => {
      const device = devices.find(
        ({ card: { uuid }, instance }) =>
          uuid === card.uuid &&
          (instance === null ||
            (instance.gpuInstance === gpuInstance && instance.computeInstance === (computeInstance ?? '0'))),
      );
      return device === undefined || bytes === null ? [] : [{ device: device.gpu.id, pid, bytes, command }];
    }),
  );
}

async function readAmdUse(probe: Probe): Promise<readonly GpuUse[]> {
  const use = await readKfdUse(probe);
  if (use.length === 0) return [];
  const ids = await readKfdIds(probe);
  return Promise.all(
    use
      .filter(({ gpuId }) => ids.includes(gpuId))
      .map(async ({ pid, gpuId, bytes }): Promise<GpuUse> => {
        const command = ((await probe.readText(`/proc/${pid}/comm`)) ?? '').trim();
        return { device: `gpu:${ids.indexOf(gpuId)}`, pid, bytes, command };
      }),
  );
}

/**
 * Says where a container sees memory in use that no process it sees accounts for, because the driver hides other PIDs: then what a model
 * holds there cannot be measured by its PID. Null when all is accounted for, and outside of containers.
 */
export function explainUnseenUse(
  { container, gpus }: Pick<Machine, 'container' | 'gpus'>,
  uses: readonly GpuUse[],
): string | null {
  if (container === null) return null;
  const blind = gpus.filter((gpu) => {
    if (gpu.unified) return false;
    const told = uses.filter((use) => use.device === gpu.id).reduce((sum, use) => sum + use.bytes, 0);
    return gpu.totalBytes - gpu.freeBytes - told > DRIVER_BYTES;
  });
  if (blind.length === 0) return null;
  return (
    `on ${blind.map((gpu) => gpu.id).join(', ')} more memory is in use than the processes seen from this container hold; start it with ` +
    '--pid=host to measure models by their processes'
  );
}
