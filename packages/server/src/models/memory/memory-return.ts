import type { GpuUse } from '../../machine/machine.ts';
import type { Clock } from '../../shared/clock.ts';
import { type DeviceId, type Footprint, NO_BYTES, addFootprints, bytesOn, devicesOf } from '../../shared/footprint.ts';
import type { Log } from '../../shared/log.ts';
import { endGroup, membersOf } from '../../shared/process-group.ts';
import { type ProcessRow, readCommand } from '../../shared/process-list.ts';
import type { MemoryHolder } from '../lifecycle/lifecycle-event.ts';
import { type Measure, type MeasuredGroup, type ReadMemory, ramOf, sumOf, withMembers } from './measure-use.ts';

/** A model whose process has ended. */
export interface EndedModel {
  readonly modelId: string;
  readonly pid: number;
  /** What its processes held when they were last measured. */
  readonly held: Footprint;
  /** Told of each device on which memory did not come back, once. */
  readonly onKept?: (kept: {
    readonly modelId: string;
    readonly device: DeviceId;
    readonly bytes: number;
    readonly holders: readonly MemoryHolder[];
  }) => void;
  /** Told later of what came back after all; on each device the bytes add up to those that were kept. */
  readonly onReturned?: (returned: {
    readonly modelId: string;
    readonly device: DeviceId;
    readonly bytes: number;
  }) => void;
}

/** Makes sure that a model's memory is back after its process has ended. */
export interface MemoryReturn {
  /**
   * Ends what the model's process left behind (TERM, then KILL) and waits a few seconds for its memory. Resolves with what did not
   * come back, by device; none normally. Goes on watching that until it is back. Never rejects.
   */
  awaitReturn(ended: EndedModel): Promise<Footprint>;
}

export interface MemoryReturnDeps extends ReadMemory {
  /** What was measured of the process while it ran; without a measurement nothing can be said of what it started. */
  readonly measure: Pick<Measure, 'groupOf' | 'forget'>;
  /** Told once nothing of a process is left. */
  readonly onGone?: (pid: number) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const TERM_MS = 3_000;
const KILL_MS = 5_000;
/** How often, and for how long, memory is looked for that a driver still has to take back. */
const POLL_MS = 250;
const PATIENCE_MS = 5_000;
const WATCH_MS = 5_000;

/** What is still held, and by whom. */
interface Kept {
  readonly bytes: Footprint;
  readonly holders: ReadonlyMap<DeviceId, readonly MemoryHolder[]>;
}

const NOTHING: Kept = { bytes: NO_BYTES, holders: new Map() };

/** Makes the part that verifies that memory came back. */
export function createMemoryReturn(deps: MemoryReturnDeps): MemoryReturn {
  return {
    async awaitReturn(ended) {
      const { modelId, pid } = ended;
      const group = deps.measure.groupOf(pid);
      deps.measure.forget(pid);
      try {
        if (group === null) {
          deps.onGone?.(pid);
          return NO_BYTES;
        }
        const all = await endOrphans(deps, modelId, group);
        const kept = await untilReturned(deps, all);
        if (devicesOf(kept.bytes).length === 0) {
          deps.onGone?.(pid);
          return NO_BYTES;
        }
        tellKept(deps, ended, kept);
        watch(deps, { ended, group: all }, kept.bytes);
        return kept.bytes;
      } catch (error) {
        deps.log.warn(
          { model: modelId, pid, err: error },
          'it could not be verified that the memory of the model is back',
        );
        return NO_BYTES;
      }
    },
  };
}

/** Ends what the process left behind; gives the group with all its members. */
async function endOrphans(deps: MemoryReturnDeps, modelId: string, group: MeasuredGroup): Promise<MeasuredGroup> {
  const orphans = membersOf(await deps.list(), group);
  if (orphans.length === 0) return group;
  const all = { ...group, known: withMembers(group.known, orphans) };
  const pids = orphans.map(({ pid }) => pid);
  deps.log.warn({ model: modelId, pids }, `the model left ${countOf(orphans)} behind; ending what is left`);
  const survivors = await endGroup({
    group: all,
    termMs: TERM_MS,
    killMs: KILL_MS,
    clock: deps.clock,
    list: deps.list,
  });
  if (survivors.length > 0) {
    const stuck = survivors.map(({ pid, name }) => `${pid} (${name})`).join(', ');
    deps.log.error(
      { model: modelId },
      `${stuck} did not end though killed; look at what the kernel waits for: ps -o stat,wchan -p PID`,
    );
  }
  return all;
}

async function untilReturned(deps: MemoryReturnDeps, group: MeasuredGroup): Promise<Kept> {
  const deadline = deps.clock.now() + PATIENCE_MS;
  for (;;) {
    const kept = await readKept(deps, group);
    if (devicesOf(kept.bytes).length === 0 || deps.clock.now() >= deadline) return kept;
    await new Promise<void>((resolve) => deps.clock.after(POLL_MS, resolve));
  }
}

/** What the group's processes hold: those that still run, and those that have ended but whose driver has not noticed. */
async function readKept(deps: MemoryReturnDeps, group: MeasuredGroup): Promise<Kept> {
  const [rows, uses] = await Promise.all([deps.list(), deps.readGpuUse?.() ?? []]);
  const living = membersOf(rows, group);
  const onGpus = uses.filter(({ pid, bytes }) => bytes > 0 && isOfGroup(pid, rows, living, group));
  if (living.length === 0 && onGpus.length === 0) return NOTHING;
  const ram = sumOf(await ramOf(deps, living));
  const bytes = [...(ram > 0 ? [{ ram }] : []), ...onGpus.map((use): Footprint => ({ [use.device]: use.bytes }))];
  const holders = new Map<DeviceId, MemoryHolder[]>();
  if (ram > 0) holders.set('ram', await Promise.all(living.map(holderOf)));
  for (const use of onGpus) holders.set(use.device, [...(holders.get(use.device) ?? []), gpuHolderOf(use)]);
  return { bytes: bytes.reduce(addFootprints, NO_BYTES), holders };
}

/** Whether a number that a GPU's driver names was a member's, and nobody else has it now. */
function isOfGroup(
  pid: number,
  rows: readonly ProcessRow[],
  living: readonly ProcessRow[],
  group: MeasuredGroup,
): boolean {
  if (living.some((row) => row.pid === pid)) return true;
  const isMember = [group.leader, ...group.known].some((identity) => identity.pid === pid);
  return isMember && !rows.some((row) => row.pid === pid);
}

async function holderOf({ pid, name }: ProcessRow): Promise<MemoryHolder> {
  return { pid, command: (await readCommand(pid)) ?? name };
}

function gpuHolderOf({ pid, command }: GpuUse): MemoryHolder {
  return { pid, command };
}

function tellKept(deps: MemoryReturnDeps, { modelId, held, onKept }: EndedModel, { bytes, holders }: Kept): void {
  for (const device of devicesOf(bytes)) {
    const who = holders.get(device) ?? [];
    const kept = { modelId, device, bytes: bytesOn(bytes, device), holders: who };
    const names = who.map(({ pid, command }) => `${pid} (${command})`).join(', ');
    deps.log.error(
      { model: modelId, device, bytes: kept.bytes, heldBytes: bytesOn(held, device), holders: who },
      `memory of the model did not come back; held by ${names}: end it with kill -9, or restart the machine if that does nothing`,
    );
    onKept?.(kept);
  }
}

/** Looks again and again until all is back. */
function watch(
  deps: MemoryReturnDeps,
  { ended, group }: { readonly ended: EndedModel; readonly group: MeasuredGroup },
  missing: Footprint,
): void {
  const look = async (): Promise<Footprint> => {
    const now = (await readKept(deps, group)).bytes;
    const left: Partial<Record<DeviceId, number>> = {};
    for (const device of devicesOf(missing)) {
      const bytes = Math.min(bytesOn(now, device), bytesOn(missing, device));
      const returned = bytesOn(missing, device) - bytes;
      if (bytes > 0) left[device] = bytes;
      if (returned === 0) continue;
      deps.log.info({ model: ended.modelId, device, bytes: returned }, 'memory of an ended model is back');
      ended.onReturned?.({ modelId: ended.modelId, device, bytes: returned });
    }
    return left;
  };
  deps.clock.after(WATCH_MS, () => {
    void look()
      .catch((error: unknown) => {
        deps.log.warn({ model: ended.modelId, err: error }, 'what an ended model still holds could not be read');
        return missing;
      })
      .then((left) => {
        if (devicesOf(left).length > 0) watch(deps, { ended, group }, left);
        else deps.onGone?.(ended.pid);
      });
  });
}

function countOf(rows: readonly ProcessRow[]): string {
  return rows.length === 1 ? 'a process' : `${rows.length} processes`;
}
