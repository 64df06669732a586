/**
 * Two graphics cards of 24 GB that do not exist, as nvidia-smi tells of them. What the stand-in's workers hold in RAM counts as held on the
 * cards, so that measuring by process has something true to measure.
 */
import { readdirSync, readFileSync } from 'node:fs';

const TOTAL_MIB = 24_564;
const DRIVER_MIB = 340;
const CARDS = [0, 1].map((index) => ({
  index,
  uuid: `GPU-00000000-0000-4000-8000-00000000000${index}`,
  name: 'NVIDIA GeForce RTX 4090',
  driver_version: '570.86.15',
  'pci.bus_id': `00000000:0${index + 1}:00.0`,
  'mig.mode.current': '[N/A]',
  compute_cap: '8.9',
}));

function workers() {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const rank = /^VLLM::Worker_TP(\d+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1];
      if (rank === undefined) return [];
      const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return [{ pid, card: CARDS[Number(rank)], mib: Math.round(Number(resident ?? 0) / 1024) }];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

function fieldOf(card, field) {
  const held = workers()
    .filter((worker) => worker.card === card)
    .reduce((sum, worker) => sum + worker.mib, 0);
  if (field === 'memory.total') return TOTAL_MIB;
  if (field === 'memory.used') return DRIVER_MIB + held;
  if (field === 'memory.free') return TOTAL_MIB - DRIVER_MIB - held;
  return card[field] ?? '[Not Supported]';
}

const query = process.argv.slice(2).join(' ');
const gpuFields = /--query-gpu=(\S+)/.exec(query)?.[1]?.split(',');
if (gpuFields !== undefined) {
  for (const card of CARDS) console.log(gpuFields.map((field) => fieldOf(card, field)).join(', '));
} else if (query.includes('--query-compute-apps')) {
  for (const { pid, card, mib } of workers())
    console.log([card.uuid, pid, mib, `VLLM::Worker_TP${card.index}`].join(', '));
} else if (query.includes('-L')) {
  for (const { index, name, uuid } of CARDS) console.log(`GPU ${index}: ${name} (UUID: ${uuid})`);
} else {
  console.log('| NVIDIA-SMI 570.86.15    Driver Version: 570.86.15    CUDA Version: 12.8 |');
}
