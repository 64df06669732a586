import type { Gpu } from './machine.ts';
import { listNvidiaCards, type MigNames, type NvidiaCard, readMigNames, readNvidiaXml } from './nvidia-smi.ts';
import type { MigInstance, XmlCard } from './nvidia-xml.ts';
import type { Probe } from './probe.ts';

/** A usable NVIDIA device: a card, or a MIG instance of one. */
export interface NvidiaDevice {
  readonly gpu: Gpu;
  readonly card: NvidiaCard;
  /** Null: the whole card. */
  readonly instance: MigInstance | null;
}

export interface NvidiaFindings {
  readonly devices: readonly NvidiaDevice[];
  /** Why there is none although an NVIDIA card or driver is there, in a sentence; null when there are some, or no trace of NVIDIA. */
  readonly absence: string | null;
}

/**
 * Finds NVIDIA's devices by nvidia-smi. Where a card runs in MIG mode its instances stand for it: the first takes the card's index,
 * which is how CUDA counts it; the others, which CUDA knows only by UUID, are numbered after the last card.
 */
export async function findNvidia(probe: Probe): Promise<NvidiaFindings> {
  const answer = await listNvidiaCards(probe);
  if (answer.kind === 'missing') return { devices: [], absence: await explainMissing(probe) };
  if (answer.kind === 'broken') return { devices: [], absence: await explainBroken(probe, answer.said) };
  if (answer.cards.length === 0)
    return {
      devices: [],
      absence: 'nvidia-smi works but finds no card; is it handed into this container or virtual machine?',
    };
  const cut = answer.cards.some((card) => card.mig);
  const [xml, names] = cut
    ? await Promise.all([readNvidiaXml(probe), readMigNames(probe)])
    : [null, new Map<never, never>()];
  const devices: NvidiaDevice[] = [];
  let next = Math.max(...answer.cards.map((card) => card.index)) + 1;
  for (const card of answer.cards) {
    const numaNode = await readNumaNode(probe, card.busId);
    if (!card.mig) devices.push({ gpu: wholeCard(card, numaNode), card, instance: null });
    for (const [position, instance] of instancesOf(card, xml).entries()) {
      const index = position === 0 ? card.index : next++;
      devices.push({ gpu: partOf(card, instance, { index, numaNode, names }), card, instance });
    }
  }
  const absence =
    devices.length > 0
      ? null
      : `${answer.cards[0]?.name ?? 'the card'} is in MIG mode but has no instance; make one, such as: sudo nvidia-smi mig -cgi 0 -C`;
  return { devices: devices.sort((a, b) => a.gpu.index - b.gpu.index), absence };
}

function instancesOf(card: NvidiaCard, xml: readonly XmlCard[] | null): readonly MigInstance[] {
  return card.mig ? (xml?.find((each) => each.uuid === card.uuid)?.instances ?? []) : [];
}

function wholeCard(card: NvidiaCard, numaNode: number | null): Gpu {
  return {
    id: `gpu:${card.index}`,
    index: card.index,
    uuid: card.uuid,
    vendor: 'nvidia',
    name: card.name,
    totalBytes: card.totalBytes ?? 0,
    freeBytes: card.freeBytes ?? 0,
    driver: card.driver,
    computeCapability: card.computeCapability,
    numaNode,
    unified: card.totalBytes === null,
  };
}

function partOf(
  card: NvidiaCard,
  instance: MigInstance,
  as: { readonly index: number; readonly numaNode: number | null; readonly names: MigNames },
): Gpu {
  const known = as.names.get(`${card.index}/${instance.index}`);
  return {
    ...wholeCard(card, as.numaNode),
    id: `gpu:${as.index}`,
    index: as.index,
    uuid: known?.uuid ?? null,
    name: `${card.name} MIG ${known?.profile ?? `instance ${instance.index}`}`,
    totalBytes: instance.totalBytes,
    freeBytes: instance.freeBytes,
    unified: false,
  };
}

/** Whether a GPU is a part of a card: NCCL cannot join parts, so no model may be spread over several. */
export function isMigInstance(gpu: Gpu): boolean {
  return / MIG /.test(gpu.name) && gpu.vendor === 'nvidia';
}

async function readNumaNode(probe: Probe, busId: string): Promise<number | null> {
  const text = await probe.readText(`/sys/bus/pci/devices/${busId}/numa_node`);
  const node = Number(text ?? -1);
  // The kernel writes -1 where the firmware does not tell.
  return Number.isInteger(node) && node >= 0 ? node : null;
}

async function explainMissing(probe: Probe): Promise<string | null> {
  const version = driverVersion(await probe.readText('/proc/driver/nvidia/version'));
  const cards = await probe.list('/proc/driver/nvidia/gpus');
  if (version !== null || cards.length > 0)
    return (
      `the NVIDIA driver ${version ?? ''} is loaded${cards.length > 0 ? ` and drives ${cards.length} card${cards.length > 1 ? 's' : ''}` : ''}, ` +
      'but nvidia-smi is missing; install nvidia-utils of the same version, or start the container with --gpus all'
    ).replace('driver  is', 'driver is');
  return null;
}

async function explainBroken(probe: Probe, said: string): Promise<string> {
  const loaded = driverVersion(await probe.readText('/proc/driver/nvidia/version'));
  if (/Driver\/library version mismatch/.test(said))
    return `nvidia-smi fails because the driver was updated while the old one${loaded === null ? '' : ` (${loaded})`} is still loaded; restart the machine`;
  if (/couldn't communicate with the NVIDIA driver/.test(said))
    return 'nvidia-smi is installed but no NVIDIA driver is loaded; install the driver, or restart the machine after its update';
  return `nvidia-smi fails: ${said.replace(/\.$/, '')}`;
}

/** The version in `/proc/driver/nvidia/version`, of the proprietary module or the open one. */
function driverVersion(text: string | null): string | null {
  return /Kernel Module[^\n]*?\s(\d+\.\d+(?:\.\d+)?)\s/.exec(text ?? '')?.[1] ?? null;
}
