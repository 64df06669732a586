import { explainUnseenUse } from '../machine/gpu-processes.ts';
import type { GpuUse } from '../machine/machine.ts';
import { NO_GPU } from '../machine/read-machine.ts';
import type { SoftwareName } from '../machine/software.ts';
import { compareVersions } from '../machine/version.ts';
import { describeGpus } from '../models/profile/choose-profile.ts';
import { formatBytes } from '../models/pull/format-bytes.ts';
import type { PickedProfile } from '../models/profile/pick-profile.ts';
import { mendSoftware, softwareTitle } from '../models/profile/software-lacks.ts';
import type { DoctorCheck } from './doctor-report.ts';

/** The oldest Linux driver that serves programs made for any CUDA 12. */
const LEAST_DRIVER = '525.60.13';
/** One of the two articles asks for 12.2, the other for 12.1. */
const ADVISED_CUDA = '12.2';
/** A server holds a file for each connection and each weight. */
const LEAST_FILES = 4096;
/** Less of somebody else's memory on a GPU disturbs nobody. */
const NOTABLE_USE_BYTES = 2 ** 30;
/** What the smallest set of models takes together. */
const LEAST_MEMORY_BYTES = 2_000_000_000;
const UNNEEDED = 'not needed by this profile';

const SOFTWARE: readonly SoftwareName[] = [
  'cuda',
  'python',
  'torch',
  'transformers',
  'sentencepiece',
  'safetensors',
  'vllm',
  'llama-server',
];

/** Everything about the machine and its software that a profile asks for; told of recorded machines as of this one. */
export function checkMachine(picked: PickedProfile, uses: readonly GpuUse[], openFiles: number | null): DoctorCheck[] {
  return [
    checkProcessors(picked),
    checkMemory(picked),
    checkGpus(picked),
    ...checkCapability(picked),
    checkGpuUse(picked, uses),
    checkDriver(picked),
    ...SOFTWARE.map((name) => checkSoftware(picked, name)),
    checkOpenFiles(openFiles),
  ];
}

function checkProcessors({ machine: { cores, hostCores, limits } }: PickedProfile): DoctorCheck {
  const of = cores < hostCores ? ` of ${hostCores}` : '';
  const found = `${Number(cores.toFixed(2))}${of}${(limits?.cpus ?? null) === null ? '' : ' (limited)'}`;
  const check = { id: 'processors', title: 'Processors', found, needed: '1 or more' };
  if (cores >= 1) return { ...check, level: 'ok', mend: null };
  return { ...check, level: 'warn', mend: 'give the container a whole processor, such as: docker run --cpus 2' };
}

function checkMemory({ machine, profile }: PickedProfile): DoctorCheck {
  const least = Math.max(profile.needs.free_bytes, LEAST_MEMORY_BYTES);
  const check = {
    id: 'memory',
    title: 'Memory',
    found: `${formatBytes(machine.freeBytes)} of ${formatBytes(machine.totalBytes)} free`,
    needed: `${formatBytes(least)} free`,
  };
  if (machine.freeBytes >= least) return { ...check, level: 'ok', mend: null };
  const mend =
    (machine.limits?.memoryBytes ?? null) === null
      ? 'end other programs, or take a smaller profile: --profile edge'
      : 'raise the limit of the container, such as: docker run --memory 8g';
  return { ...check, level: 'warn', mend };
}

function checkGpus({ machine, profile, gpus }: PickedProfile): DoctorCheck {
  const found = machine.gpus.length > 0 ? describeGpus(machine.gpus) : (machine.gpuAbsence ?? NO_GPU);
  const wanted = profile.needs.gpus;
  if (wanted === undefined) {
    const check = { id: 'gpu', title: 'GPU', found, needed: UNNEEDED };
    // A card that is there but cannot be used is worth a warning; none at all is not.
    if (machine.gpus.length > 0 || machine.gpuAbsence === NO_GPU) return { ...check, level: 'skipped', mend: null };
    return { ...check, level: 'warn', needed: 'usable, since it is there', mend: mendOf(found) };
  }
  const needed = `${wanted.count} × NVIDIA, ${formatBytes(wanted.free_bytes)} free${wanted.count > 1 ? ' each' : ''}`;
  if (gpus.length > 0) return { id: 'gpu', title: 'GPU', level: 'ok', found: describeGpus(gpus), needed, mend: null };
  const mend =
    machine.gpus.length > 0 ? 'take another profile, or leave it to the machine: --profile auto' : mendOf(found);
  return { id: 'gpu', title: 'GPU', level: 'fail', found, needed, mend };
}

/** Sentences about missing GPUs end with what to do. */
function mendOf(absence: string): string {
  return absence.includes('; ')
    ? (absence.split('; ').at(-1) ?? absence)
    : 'take a profile without GPUs: --profile auto';
}

function checkCapability({ profile, gpus }: PickedProfile): DoctorCheck[] {
  const advised = profile.needs.gpus?.advised_capability;
  const capability = gpus.find((gpu) => gpu.computeCapability !== null)?.computeCapability ?? null;
  if (advised === undefined || capability === null) return [];
  const check = { id: 'gpu-capability', title: 'Compute capability', found: capability, needed: `≥ ${advised}` };
  if (compareVersions(capability, advised) >= 0) return [{ ...check, level: 'ok', mend: null }];
  return [
    {
      ...check,
      level: 'warn',
      mend: 'nothing to mend: the model was trained in bfloat16 and will run in float16, which this chip has',
    },
  ];
}

function checkGpuUse({ machine }: PickedProfile, uses: readonly GpuUse[]): DoctorCheck {
  const check = { id: 'gpu-processes', title: 'Other use of GPUs', needed: 'none above 1 GiB' };
  if (machine.gpus.length === 0) return { ...check, level: 'skipped', found: 'no GPU', needed: UNNEEDED, mend: null };
  const notable = uses.filter((use) => use.bytes >= NOTABLE_USE_BYTES);
  const unseen = explainUnseenUse(machine, uses);
  if (notable.length > 0) {
    const found = notable
      .map((use) => `${use.command || 'a process'} (PID ${use.pid}) holds ${formatBytes(use.bytes)} of ${use.device}`)
      .join(', ');
    const pids = [...new Set(notable.map((use) => use.pid))].join(' ');
    return { ...check, level: 'warn', found, mend: `end it if it is not wanted: kill ${pids}` };
  }
  if (unseen !== null) return { ...check, level: 'warn', found: unseen, mend: 'docker run --pid=host …' };
  return { ...check, level: 'ok', found: 'none', mend: null };
}

function checkDriver({ machine, profile }: PickedProfile): DoctorCheck {
  const driver = machine.gpus.find((gpu) => gpu.vendor === 'nvidia')?.driver ?? null;
  const check = { id: 'driver', title: 'NVIDIA driver', found: driver ?? 'not found' };
  if (profile.needs.software.cuda === undefined) return { ...check, level: 'skipped', needed: UNNEEDED, mend: null };
  const fine = driver !== null && compareVersions(driver, LEAST_DRIVER) >= 0;
  const mend = fine ? null : 'sudo apt-get install -y nvidia-driver-550 && sudo reboot';
  return { ...check, level: fine ? 'ok' : 'fail', needed: `≥ ${LEAST_DRIVER}`, mend };
}

function checkSoftware({ profile, software }: PickedProfile, name: SoftwareName): DoctorCheck {
  const version = software[name];
  const least = profile.needs.software[name];
  const check = { id: name, title: softwareTitle(name), found: version ?? 'not found' };
  if (least === undefined) return { ...check, level: 'skipped', needed: UNNEEDED, mend: null };
  const needed = least === '0' ? 'any version' : `≥ ${least}`;
  const mend = mendSoftware(name, software);
  if (version === null || compareVersions(version, least) < 0) return { ...check, level: 'fail', needed, mend };
  if (name === 'torch' && version.endsWith('+cpu'))
    return { ...check, level: 'fail', needed: `${needed}, with CUDA`, mend };
  if (name === 'cuda' && compareVersions(version, ADVISED_CUDA) < 0)
    return { ...check, level: 'warn', needed: `${needed}, better ${ADVISED_CUDA}`, mend };
  return { ...check, level: 'ok', needed, mend: null };
}

function checkOpenFiles(openFiles: number | null): DoctorCheck {
  const check = { id: 'open-files', title: 'Open files', needed: `${LEAST_FILES} or more` };
  if (openFiles === null) return { ...check, level: 'skipped', found: 'not told by this system', mend: null };
  const found = Number.isFinite(openFiles) ? String(openFiles) : 'unlimited';
  if (openFiles >= LEAST_FILES) return { ...check, level: 'ok', found, mend: null };
  return { ...check, level: 'warn', found, mend: 'ulimit -n 65536 (for good: LimitNOFILE=65536 in the systemd unit)' };
}
