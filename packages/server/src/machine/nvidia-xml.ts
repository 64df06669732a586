/** Reads what `nvidia-smi -q -x` writes: one element for each card, flat enough that no XML reader is needed. */

const MIB = 2 ** 20;

/** A part of a card in MIG mode, in the order in which the driver counts them. */
export interface MigInstance {
  /** The driver's number of the part within its card. */
  readonly index: number;
  readonly gpuInstance: string;
  readonly computeInstance: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** A process that holds memory of a card. */
interface XmlProcess {
  readonly pid: number;
  readonly command: string;
  /** Null where the driver does not tell. */
  readonly bytes: number | null;
  /** The part that it runs on; null on a whole card. */
  readonly gpuInstance: string | null;
  readonly computeInstance: string | null;
}

export interface XmlCard {
  readonly uuid: string;
  readonly migEnabled: boolean;
  readonly instances: readonly MigInstance[];
  readonly processes: readonly XmlProcess[];
}

/** Every card of the report; none when the text is no such report. */
export function parseNvidiaXml(text: string): XmlCard[] {
  return elements(text, 'gpu').map((card) => ({
    // The last one is the card's own: parts of it may have been given theirs before.
    uuid: textsOf(card.replace(/<mig_devices>[\s\S]*?<\/mig_devices>/, ''), 'uuid')[0] ?? '',
    migEnabled: textsOf(card, 'current_mig')[0] === 'Enabled',
    instances: elements(card, 'mig_device').map(readInstance),
    processes: elements(card, 'process_info').flatMap(readProcess),
  }));
}

function readInstance(part: string): MigInstance {
  const memory = elements(part, 'fb_memory_usage')[0] ?? '';
  return {
    index: Number(textsOf(part, 'index')[0]),
    gpuInstance: textsOf(part, 'gpu_instance_id')[0] ?? '',
    computeInstance: textsOf(part, 'compute_instance_id')[0] ?? '',
    totalBytes: mebibytes(textsOf(memory, 'total')[0]) ?? 0,
    freeBytes: mebibytes(textsOf(memory, 'free')[0]) ?? 0,
  };
}

function readProcess(text: string): XmlProcess[] {
  const pid = Number(textsOf(text, 'pid')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return [];
  const instance = (tag: string): string | null => {
    const found = textsOf(text, tag)[0];
    return found === undefined || found === 'N/A' ? null : found;
  };
  return [
    {
      pid,
      command: textsOf(text, 'process_name')[0] ?? '',
      bytes: mebibytes(textsOf(text, 'used_memory')[0]),
      gpuInstance: instance('gpu_instance_id'),
      computeInstance: instance('compute_instance_id'),
    },
  ];
}

/** `40448 MiB` in bytes; null for `N/A` and the like. */
function mebibytes(text: string | undefined): number | null {
  const found = /^(\d+) MiB$/.exec(text ?? '')?.[1];
  return found === undefined ? null : Number(found) * MIB;
}

/** What stands inside each element of this name. */
function elements(text: string, tag: string): string[] {
  return [...text.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([\\s\\S]*?)</${tag}>`, 'g'))].map(
    ([, inside]) => inside ?? '',
  );
}

function textsOf(text: string, tag: string): string[] {
  return elements(text, tag).map((inside) => inside.trim());
}
