import { isMigInstance } from '../../machine/nvidia.ts';
import type { Gpu, Machine } from '../../machine/machine.ts';
import { NO_SOFTWARE, type Software } from '../../machine/software.ts';
import { compareVersions } from '../../machine/version.ts';
import { formatBytes } from '../pull/format-bytes.ts';
import type { Profile, ProfileNeeds } from './profile.ts';
import { explainLacks, softwareLacks } from './software-lacks.ts';

/** A profile that was not chosen. */
interface RejectedProfile {
  readonly profile: string;
  /** Continues a sentence that begins with the profile's name. */
  readonly reason: string;
}

export interface ProfileChoice {
  readonly profile: Profile;
  /** Why, in a sentence; where a better one would suit but for its software, with the command that mends it. */
  readonly reason: string;
  /** The GPUs that it was chosen for; none on the CPU. */
  readonly gpus: readonly Gpu[];
  readonly rejected: readonly RejectedProfile[];
}

/**
 * Chooses the best profile that this machine can run, best first, and says why not the others. `software` is what launched engines
 * need. The last profile takes any machine.
 */
export function chooseProfile(
  machine: Machine,
  profiles: ReadonlyMap<string, Profile>,
  software: Software = NO_SOFTWARE,
): ProfileChoice {
  const ranked = [...profiles.values()].toSorted((a, b) => b.rank - a.rank);
  const rejected: RejectedProfile[] = [];
  /** Why the machine's GPUs are not used: by the best profile that lacks only software, else by the least demanding one. */
  let unused: { readonly wanting: boolean; readonly sentence: string } | null = null;
  for (const profile of ranked) {
    const verdict = judge(machine, profile);
    const lacks = verdict.kind === 'fits' ? explainLacks(softwareLacks(profile, software)) : null;
    if (verdict.kind === 'fits' && lacks === null) {
      const reason = verdict.reason ?? sentenceOf(rejected.at(-1));
      const cpuOnly = verdict.gpus.length === 0;
      const why = machine.gpus.length === 0 ? machine.gpuAbsence : (unused?.sentence ?? null);
      rejected.push(...ranked.slice(ranked.indexOf(profile) + 1).map((lesser) => outranked(lesser, profile)));
      return { profile, reason: cpuOnly && why !== null ? `${reason}; ${why}` : reason, gpus: verdict.gpus, rejected };
    }
    const wanting = verdict.kind === 'fits';
    const reason = wanting ? `would suit ${describeGpus(verdict.gpus)}, but ${lacks ?? ''}` : verdict.reason;
    rejected.push({ profile: profile.id, reason });
    if (profile.needs.gpus !== undefined && unused?.wanting !== true)
      unused = { wanting, sentence: `${profile.id} ${reason}` };
  }
  throw new Error('no profile takes every machine; the one of the lowest rank must need nothing');
}

/** Why a profile that was named by hand will hardly run here, in a sentence; null when it fits. */
export function explainMisfit(machine: Machine, profile: Profile): string | null {
  const verdict = judge(machine, profile);
  if (verdict.kind === 'fits') return null;
  const why = profile.needs.gpus !== undefined && machine.gpuAbsence !== null ? `: ${machine.gpuAbsence}` : '';
  return `${profile.id} ${verdict.reason}${why}`;
}

/** The GPUs that a profile would use here; none where it needs none, or where too few suit it. */
export function gpusFor(machine: Machine, profile: Profile): readonly Gpu[] {
  const verdict = judge(machine, profile);
  return verdict.kind === 'fits' ? verdict.gpus : [];
}

type Verdict =
  /** The reason is null where nothing is asked of the machine. */
  | { readonly kind: 'fits'; readonly reason: string | null; readonly gpus: readonly Gpu[] }
  /** The reason continues a sentence that begins with the profile's name. */
  | { readonly kind: 'misfit'; readonly reason: string };

function judge(machine: Machine, { id, needs }: Profile): Verdict {
  const chosen = needs.gpus === undefined ? [] : chooseGpus(machine, needs.gpus);
  if (typeof chosen === 'string') return { kind: 'misfit', reason: chosen };
  if (needs.gpus === undefined && !needs.boards && isSlowBoard(machine)) {
    const slow = `is too slow for a ${machine.board?.model}, whose memory moves few gigabytes a second`;
    return { kind: 'misfit', reason: `${slow}; name it to try all the same` };
  }
  const free = `${formatBytes(machine.freeBytes)} of memory are free${where(machine)}`;
  const needed = formatBytes(needs.free_bytes);
  if (machine.freeBytes < needs.free_bytes)
    return { kind: 'misfit', reason: `needs ${needed} of free memory, and ${free}` };
  if (chosen.length > 0) return { kind: 'fits', gpus: chosen, reason: `${describeGpus(chosen)} can hold its model` };
  const reason = needs.free_bytes > 0 ? `${free} on ${machine.arch}, and ${id} needs ${needed}` : null;
  return { kind: 'fits', gpus: [], reason };
}

function sentenceOf(rejected: RejectedProfile | undefined): string {
  return rejected === undefined ? 'it takes any machine' : `${rejected.profile} ${rejected.reason}`;
}

/** A Raspberry Pi and its like: memory bandwidth, not its size, is what a language model waits for there. */
function isSlowBoard(machine: Machine): boolean {
  return machine.arch === 'arm64' && machine.board !== null && machine.board.kind !== 'jetson';
}

type GpuNeeds = NonNullable<ProfileNeeds['gpus']>;

/** Enough GPUs with the most free memory, all of one kind; else why there are none, to go on after the profile's name. */
function chooseGpus(machine: Machine, needs: GpuNeeds): readonly Gpu[] | string {
  const misfits = new Map<string, Gpu[]>();
  const fitting = machine.gpus.filter((gpu) => {
    const misfit = explainGpu(gpu, needs);
    if (misfit !== null) misfits.set(misfit, [...(misfits.get(misfit) ?? []), gpu]);
    return misfit === null;
  });
  const groups = groupByName(fitting)
    .filter((group) => group.length >= needs.count)
    .map((group) => group.toSorted((a, b) => b.freeBytes - a.freeBytes || a.index - b.index).slice(0, needs.count));
  const best = groups.toSorted((a, b) => least(b) - least(a))[0];
  if (best !== undefined) return best.toSorted((a, b) => a.index - b.index);
  const free = formatBytes(needs.free_bytes);
  const wanted =
    needs.count === 1
      ? `needs an NVIDIA GPU with ${free} free`
      : `needs ${needs.count} equal NVIDIA GPUs with ${free} free each`;
  if (machine.gpus.length === 0) return `${wanted}, and there is none that can be used`;
  const reasons = [...misfits].map(
    ([misfit, gpus]) => `${gpus.map((gpu) => gpu.id).join(' and ')} (${gpus[0]?.name}) ${misfit}`,
  );
  if (reasons.length > 0) return `${wanted}, and ${reasons.join(', ')}`;
  return `${wanted}, and there ${fitting.length === 1 ? 'is one' : 'are not enough of one kind'}: ${describeGpus(fitting)}`;
}

/** What is wrong with a GPU, after its name; null when it suits. */
function explainGpu(gpu: Gpu, needs: GpuNeeds): string | null {
  if (gpu.vendor === 'apple') return 'runs no CUDA and shares the memory of the machine';
  if (gpu.vendor === 'amd') return 'would need ROCm, on which no engine was tried yet';
  if (gpu.unified) return 'shares the memory of its board, and the usual builds of vLLM and llama.cpp do not run on it';
  if (needs.count > 1 && isMigInstance(gpu)) return 'is a part of a card, and parts cannot work together';
  const capability = gpu.computeCapability;
  if (capability !== null && compareVersions(capability, needs.compute_capability) < 0)
    return `has compute capability ${capability}, and ${needs.compute_capability} is needed`;
  if (gpu.freeBytes < needs.free_bytes)
    return `has ${formatBytes(gpu.freeBytes)} of ${formatBytes(gpu.totalBytes)} free`;
  return null;
}

function groupByName(gpus: readonly Gpu[]): Gpu[][] {
  const groups = new Map<string, Gpu[]>();
  for (const gpu of gpus) groups.set(gpu.name, [...(groups.get(gpu.name) ?? []), gpu]);
  return [...groups.values()];
}

function least(group: readonly Gpu[]): number {
  return Math.min(...group.map((gpu) => gpu.freeBytes));
}

/** GPUs as people count them: `2 × NVIDIA GeForce RTX 4090 (25.3 GB free each)`. */
export function describeGpus(gpus: readonly Gpu[]): string {
  return groupByName(gpus)
    .map((group) => {
      const [first] = group;
      const free = `${formatBytes(least(group))} free`;
      if (group.length === 1) return `${first?.name} (${free})`;
      return `${group.length} × ${first?.name} (${free} each)`;
    })
    .join(', ');
}

function where(machine: Machine): string {
  const limit = machine.limits?.memoryBytes ?? null;
  if (limit === null) return '';
  return ` within the ${formatBytes(limit)} of this ${machine.container === null ? 'control group' : 'container'}`;
}

function outranked(lesser: Profile, chosen: Profile): RejectedProfile {
  return { profile: lesser.id, reason: `would run too, and ${chosen.id} does more` };
}
