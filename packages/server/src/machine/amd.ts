import { z } from 'zod';
import type { Gpu } from './machine.ts';
import { outputOf, type Probe } from './probe.ts';

const MIB = 2 ** 20;
const DRM = '/sys/class/drm';
const AMD_VENDOR = '0x1002';
const MEGABYTES = new Set(['MB', 'MiB']);

const ROCM_SMI = [
  '--showproductname',
  '--showuniqueid',
  '--showbus',
  '--showdriverversion',
  '--showmeminfo',
  'vram',
  '--json',
];

/** rocm-smi writes one object of texts for each card, and one for the system. */
const RocmAnswer = z.record(z.string(), z.record(z.string(), z.string()));

const amount = z.object({ value: z.number(), unit: z.string() }).nullish().catch(null);
const text = z.string().nullish().catch(null);
/** What is used of `amd-smi static --json`; later versions put the list under `gpu_data`. */
const AmdStatic = listOf(
  z.object({
    gpu: z.int(),
    asic: z.object({ market_name: text }).nullish(),
    bus: z.object({ bdf: text }).nullish(),
    driver: z.object({ version: text }).nullish(),
    vram: z.object({ size: amount }).nullish(),
  }),
);
const AmdMetric = listOf(
  z.object({ gpu: z.int(), mem_usage: z.object({ total_vram: amount, free_vram: amount }).nullish() }),
);

function listOf<T extends z.ZodType>(item: T): z.ZodType<z.infer<T>[]> {
  return z.union([z.array(item), z.object({ gpu_data: z.array(item) }).transform((answer) => answer.gpu_data)]);
}

/** Finds AMD's GPUs: by rocm-smi, else amd-smi, else what the kernel tells under `/sys/class/drm`. */
export async function findAmd(probe: Probe): Promise<readonly Gpu[]> {
  if (probe.platform !== 'linux') return [];
  const found = (await byRocmSmi(probe)) ?? (await byAmdSmi(probe)) ?? (await bySysfs(probe));
  return Promise.all(found.map(async ({ bus, ...gpu }) => ({ ...gpu, numaNode: await readNumaNode(probe, bus) })));
}

type Found = Omit<Gpu, 'numaNode'> & { readonly bus: string | null };

function found(
  index: number,
  facts: Pick<Found, 'uuid' | 'name' | 'totalBytes' | 'freeBytes' | 'driver' | 'bus'>,
): Found {
  return { id: `gpu:${index}`, index, vendor: 'amd', computeCapability: null, unified: false, ...facts };
}

async function byRocmSmi(probe: Probe): Promise<Found[] | null> {
  const answer = RocmAnswer.safeParse(parseJson(await outputOf(probe, 'rocm-smi', ROCM_SMI)));
  if (!answer.success) return null;
  const cards = Object.entries(answer.data).flatMap(([key, facts]) => {
    const index = /^card(\d+)$/.exec(key)?.[1];
    const total = Number(facts['VRAM Total Memory (B)']);
    if (index === undefined || !Number.isFinite(total)) return [];
    return [
      found(Number(index), {
        uuid: facts['Unique ID'] ?? null,
        name: facts['Card Series'] ?? facts['Card series'] ?? facts['Card Model'] ?? 'AMD GPU',
        totalBytes: total,
        freeBytes: Math.max(0, total - Number(facts['VRAM Total Used Memory (B)'] ?? 0)),
        driver: answer.data['system']?.['Driver version'] ?? null,
        bus: facts['PCI Bus']?.toLowerCase() ?? null,
      }),
    ];
  });
  return cards.length === 0 ? null : cards;
}

async function byAmdSmi(probe: Probe): Promise<Found[] | null> {
  const [known, metrics] = await Promise.all([
    outputOf(probe, 'amd-smi', ['static', '--json']).then((output) => AmdStatic.safeParse(parseJson(output))),
    outputOf(probe, 'amd-smi', ['metric', '--mem-usage', '--json']).then((output) =>
      AmdMetric.safeParse(parseJson(output)),
    ),
  ]);
  if (!known.success || known.data.length === 0) return null;
  return known.data.map((card) => {
    const memory = metrics.data?.find((each) => each.gpu === card.gpu)?.mem_usage;
    const totalBytes = bytesOf(memory?.total_vram) ?? bytesOf(card.vram?.size) ?? 0;
    return found(card.gpu, {
      uuid: null,
      name: card.asic?.market_name ?? 'AMD GPU',
      totalBytes,
      freeBytes: bytesOf(memory?.free_vram) ?? totalBytes,
      driver: card.driver?.version ?? null,
      bus: card.bus?.bdf?.toLowerCase() ?? null,
    });
  });
}

/** The tool says MB and means powers of 1024. */
function bytesOf(size: { readonly value: number; readonly unit: string } | null | undefined): number | null {
  return MEGABYTES.has(size?.unit ?? '') ? (size?.value ?? 0) * MIB : null;
}

async function bySysfs(probe: Probe): Promise<Found[]> {
  const cards = (await probe.list(DRM)).filter((name) => /^card\d+$/.test(name));
  const all = await Promise.all(
    cards.map(async (card) => {
      const read = async (name: string): Promise<string> =>
        ((await probe.readText(`${DRM}/${card}/device/${name}`)) ?? '').trim();
      if ((await read('vendor')) !== AMD_VENDOR) return null;
      const [total, used, product, device, uevent] = await Promise.all(
        ['mem_info_vram_total', 'mem_info_vram_used', 'product_name', 'device', 'uevent'].map(read),
      );
      if (total === '' || total === undefined) return null;
      return {
        uuid: null,
        name: product || `AMD GPU ${device ?? ''}`.trim(),
        totalBytes: Number(total),
        freeBytes: Math.max(0, Number(total) - Number(used)),
        driver: null,
        bus: /^PCI_SLOT_NAME=(.+)$/m.exec(uevent ?? '')?.[1] ?? null,
      };
    }),
  );
  return all.filter((facts) => facts !== null).map((facts, index) => found(index, facts));
}

async function readNumaNode(probe: Probe, bus: string | null): Promise<number | null> {
  const node = bus === null ? null : await probe.readText(`/sys/bus/pci/devices/${bus}/numa_node`);
  return node === null || Number(node) < 0 ? null : Number(node);
}

/** rocm-smi may print warnings before its JSON. */
function parseJson(output: string | null): unknown {
  if (output === null) return null;
  try {
    return JSON.parse(output.slice(Math.max(0, output.search(/^[[{]/m))));
  } catch {
    return null;
  }
}
