import { parseNvidiaXml, type XmlCard } from './nvidia-xml.ts';
import { outputOf, type Probe } from './probe.ts';

const MIB = 2 ** 20;

/** A card as nvidia-smi lists it; whole, even where it is cut into MIG instances. */
export interface NvidiaCard {
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  /** Null where the card has no memory of its own: then it uses the machine's. */
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
  readonly driver: string;
  readonly computeCapability: string | null;
  readonly mig: boolean;
  /** As the kernel writes it: `0000:01:00.0`. */
  readonly busId: string;
}

const BASE_FIELDS = ['index', 'uuid', 'memory.total', 'memory.free', 'driver_version', 'pci.bus_id'] as const;
/** Unknown to old drivers, which then answer nothing at all. */
const LATER_FIELDS = ['mig.mode.current', 'compute_cap'] as const;

export type NvidiaAnswer =
  | { readonly kind: 'cards'; readonly cards: readonly NvidiaCard[] }
  /** nvidia-smi is not installed. */
  | { readonly kind: 'missing' }
  /** It is there, but does not work; in its own words. */
  | { readonly kind: 'broken'; readonly said: string };

/** Asks nvidia-smi for the cards. */
export async function listNvidiaCards(probe: Probe): Promise<NvidiaAnswer> {
  const full = await probe.run('nvidia-smi', queryArgs([...BASE_FIELDS, ...LATER_FIELDS, 'name']));
  if (full.kind === 'missing') return { kind: 'missing' };
  if (full.kind === 'timed-out') return { kind: 'broken', said: 'no answer within five seconds' };
  if (full.code === 0) return { kind: 'cards', cards: readCards(full.stdout, true) };
  if (/not a valid field/.test(full.stdout + full.stderr)) {
    const base = await outputOf(probe, 'nvidia-smi', queryArgs([...BASE_FIELDS, 'name']));
    if (base !== null) return { kind: 'cards', cards: readCards(base, false) };
  }
  const said = `${full.stdout}\n${full.stderr}`.split('\n').map((line) => line.trim());
  return { kind: 'broken', said: said.find((line) => line !== '') ?? `it ended with code ${full.code}` };
}

function queryArgs(fields: readonly string[]): string[] {
  return [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'];
}

/** `No devices were found` has no commas, and so is no card. */
function readCards(text: string, later: boolean): NvidiaCard[] {
  return text.split('\n').flatMap((line) => {
    const [index, uuid, total, free, driver, bus, ...rest] = line.split(',').map((cell) => cell.trim());
    if (bus === undefined || !/^\d+$/.test(index ?? '')) return [];
    const [mig, capability] = later ? rest : [];
    return [
      {
        index: Number(index),
        uuid: uuid ?? '',
        name: rest.slice(later ? LATER_FIELDS.length : 0).join(', '),
        totalBytes: mebibytes(total),
        freeBytes: mebibytes(free),
        driver: driver ?? '',
        computeCapability: /^\d+\.\d+$/.test(capability ?? '') ? (capability ?? null) : null,
        mig: mig === 'Enabled',
        busId: kernelBusId(bus),
      },
    ];
  });
}

function mebibytes(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) * MIB : null;
}

/** nvidia-smi writes the domain with eight digits and capitals, the kernel with four and none. */
function kernelBusId(text: string): string {
  return text.toLowerCase().replace(/^[0-9a-f]{4}(?=[0-9a-f]{4}:)/, '');
}

/** The long report; null when it cannot be had. */
export async function readNvidiaXml(probe: Probe): Promise<XmlCard[] | null> {
  const text = await outputOf(probe, 'nvidia-smi', ['-q', '-x']);
  return text === null ? null : parseNvidiaXml(text);
}

/** Stable names and profiles of MIG instances, by their card's index and their number within it. */
export type MigNames = ReadonlyMap<string, { readonly uuid: string; readonly profile: string }>;

/** From `nvidia-smi -L`, the only listing in which every driver names them. */
export async function readMigNames(probe: Probe): Promise<MigNames> {
  const names = new Map<string, { uuid: string; profile: string }>();
  let card = '';
  for (const line of ((await outputOf(probe, 'nvidia-smi', ['-L'])) ?? '').split('\n')) {
    card = /^GPU (\d+):/.exec(line)?.[1] ?? card;
    const [, profile, index, uuid] = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: ([^)]+)\)/.exec(line) ?? [];
    if (profile !== undefined && uuid !== undefined) names.set(`${card}/${index}`, { uuid, profile });
  }
  return names;
}

/** The newest CUDA that the driver serves, such as `12.4`; null where it is not told. */
export async function readCudaVersion(probe: Probe): Promise<string | null> {
  // Older drivers know no `--version`, but all write it into the head of the plain table.
  for (const args of [['--version'], []]) {
    const result = await probe.run('nvidia-smi', args);
    // What hangs once hangs again.
    if (result.kind !== 'done') return null;
    const found = /CUDA (?:UMD )?Version\s*:\s*(\d+\.\d+)/i.exec(result.stdout)?.[1];
    if (found !== undefined) return found;
  }
  return null;
}
