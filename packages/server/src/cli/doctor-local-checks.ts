import { gpuPackages, PACKAGE_VERSION, platformPackage } from '../engines/llama-cpp/platform-package.ts';
import type { Machine } from '../machine/machine.ts';
import { compareVersions } from '../machine/version.ts';
import { formatBytes } from '../models/pull/format-bytes.ts';
import type { Profile } from '../models/profile/profile.ts';
import type { LocalFacts, WeightsState } from './doctor-local.ts';
import type { DoctorCheck } from './doctor-report.ts';

const LEAST_NODE = '20.19';
/** vLLM's processes hand pictures and each other's results over in shared memory; Docker gives 64 MB. */
const LEAST_SHARED_BYTES = 2 ** 30;
/** Beside the weights: logs, unfinished downloads. */
const SPARE_DISK_BYTES = 500_000_000;
const DAY_MS = 86_400_000;
const UNNEEDED = 'not needed by this profile';

interface LocalChecks {
  readonly profile: Profile;
  readonly machine: Machine;
  /** Null where a recorded machine is looked at. */
  readonly local: LocalFacts | null;
}

/** Everything about this installation: Node, packages, disk, port, weights. Skipped for recorded machines. */
export function checkInstallation({ profile, machine, local }: LocalChecks): DoctorCheck[] {
  if (local === null) {
    const found = 'not part of a recording';
    return [{ id: 'installation', title: 'Installation', level: 'skipped', found, needed: '', mend: null }];
  }
  return [
    checkNode(local),
    ...local.packages.map((each) => checkPackage(each, machine)),
    checkGpuPackage(local, machine, profile),
    checkHome(local),
    checkDisk(local),
    checkSharedMemory(local, profile),
    checkPort(local),
    checkClock(local),
    ...local.weights.map(checkWeights),
  ];
}

function checkNode({ nodeVersion }: LocalFacts): DoctorCheck {
  const check = { id: 'node', title: 'Node', found: nodeVersion, needed: `≥ ${LEAST_NODE}` };
  if (compareVersions(nodeVersion, LEAST_NODE) >= 0) return { ...check, level: 'ok', mend: null };
  return { ...check, level: 'fail', mend: 'install a newer Node from nodejs.org, such as: nvm install 20' };
}

function checkPackage({ name, problem }: LocalFacts['packages'][number], machine: Machine): DoctorCheck {
  const check = { id: `package:${name}`, title: name, needed: 'it loads' };
  if (problem === null) return { ...check, level: 'ok', found: 'loads', mend: null };
  const native = platformPackage(machine.platform, machine.arch);
  const mend =
    name === 'llama.cpp' && native !== null
      ? `npm install --no-save ${native}@${PACKAGE_VERSION}`
      : `npm ci, and if that does not help: npm rebuild ${name}`;
  return { ...check, level: 'fail', found: problem, mend };
}

/** Without it the embedded models leave the GPU idle, which is a pity and nothing worse. */
function checkGpuPackage({ gpuPackage }: LocalFacts, machine: Machine, profile: Profile): DoctorCheck {
  const check = { id: 'package:llama.cpp-gpu', title: 'llama.cpp on GPUs' };
  const [best] = gpuPackages(machine.platform, machine.arch);
  const found = gpuPackage ?? 'not installed';
  const useful = machine.gpus.some((gpu) => !gpu.unified) && profile.needs.gpus === undefined;
  if (best === undefined || !useful) return { ...check, level: 'skipped', found, needed: UNNEEDED, mend: null };
  const needed = 'installed where there is a GPU';
  if (gpuPackage !== null) return { ...check, level: 'ok', found, needed, mend: null };
  return { ...check, level: 'warn', found, needed, mend: `npm install --no-save ${best}@${PACKAGE_VERSION}` };
}

function checkHome({ home }: LocalFacts): DoctorCheck {
  const check = { id: 'home', title: 'State folder', needed: 'writable' };
  if (home.writable) return { ...check, level: 'ok', found: home.path, mend: null };
  return {
    ...check,
    level: 'fail',
    found: `${home.path} cannot be written`,
    mend: 'set CONCERT_HOME to a folder of yours, or change its owner: sudo chown -R "$USER" FOLDER',
  };
}

function checkDisk({ home, weights }: LocalFacts): DoctorCheck {
  const missing = weights.reduce((sum, each) => sum + each.missingBytes, 0);
  const least = missing + SPARE_DISK_BYTES;
  const check = { id: 'disk', title: 'Disk', needed: `${formatBytes(least)} free` };
  if (home.freeBytes === null) return { ...check, level: 'skipped', found: 'not told by this file system', mend: null };
  const found = `${formatBytes(home.freeBytes)} free`;
  if (home.freeBytes >= least) return { ...check, level: 'ok', found, mend: null };
  return { ...check, level: 'fail', found, mend: 'make room, or set CONCERT_HOME to a folder on a larger disk' };
}

function checkSharedMemory({ sharedMemoryBytes }: LocalFacts, profile: Profile): DoctorCheck {
  const check = { id: 'shared-memory', title: 'Shared memory' };
  const found = sharedMemoryBytes === null ? 'none' : `${formatBytes(sharedMemoryBytes)} free`;
  if (profile.needs.software.vllm === undefined)
    return { ...check, level: 'skipped', found, needed: UNNEEDED, mend: null };
  const needed = `${formatBytes(LEAST_SHARED_BYTES)} free in /dev/shm`;
  if (sharedMemoryBytes !== null && sharedMemoryBytes >= LEAST_SHARED_BYTES)
    return { ...check, level: 'ok', found, needed, mend: null };
  return {
    ...check,
    level: 'fail',
    found,
    needed,
    mend: 'docker run --ipc=host …, or: sudo mount -o remount,size=8G /dev/shm',
  };
}

function checkPort({ port: { host, port, state } }: LocalFacts): DoctorCheck {
  const check = { id: 'port', title: `Port ${port}`, needed: `free on ${host}` };
  switch (state) {
    case 'free':
      return { ...check, level: 'ok', found: 'free', mend: null };
    case 'ours':
      return { ...check, level: 'ok', found: 'this server already listens there', mend: null };
    case 'taken':
      return { ...check, level: 'fail', found: 'taken by another program', mend: `npm start -- --port ${port + 1}` };
    case 'forbidden':
      return { ...check, level: 'fail', found: 'needs more rights', mend: 'npm start -- --port 8000' };
    default:
      return state satisfies never;
  }
}

/** A clock that lags behind the installation makes every certificate look as if it were of the future. */
function checkClock({ clock }: LocalFacts): DoctorCheck {
  const found = `${new Date(clock.nowMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const check = { id: 'clock', title: 'Clock', found, needed: 'after the installation' };
  if (clock.nowMs >= clock.installedMs - DAY_MS) return { ...check, level: 'ok', mend: null };
  return { ...check, level: 'fail', mend: 'sudo timedatectl set-ntp true' };
}

function checkWeights({ id, state, missingBytes }: WeightsState): DoctorCheck {
  const check = { id: `weights:${id}`, title: 'Weights', needed: 'complete and verified' };
  switch (state) {
    case 'verified':
      return { ...check, level: 'ok', found: `${id}: verified`, mend: null };
    case 'unread':
      return { ...check, level: 'warn', found: `${id}: complete, not read yet`, mend: `npx concert verify ${id}` };
    case 'absent':
    case 'incomplete': {
      const what = state === 'absent' ? 'not here' : 'incomplete';
      const mend = `npm start -- pull ${id} (npm start does it by itself)`;
      return { ...check, level: 'warn', found: `${id}: ${what}, ${formatBytes(missingBytes)} to fetch`, mend };
    }
    default:
      return state satisfies never;
  }
}
