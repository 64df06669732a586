import type { Clock } from '../../shared/clock.ts';
import { membersOf, type ProcessGroup } from '../../shared/process-group.ts';
import {
  isSameProcess,
  listProcesses,
  parseStat,
  type ProcessIdentity,
  readCommand,
} from '../../shared/process-list.ts';
import { readProcText } from '../../shared/read-proc-text.ts';

export interface WatchWorkers {
  readonly group: ProcessGroup;
  /** Fits the command lines of processes that the engine cannot do without. */
  readonly pattern: RegExp;
  readonly clock: Clock;
  /** Told once, by name and number, of the first that is gone. */
  readonly onLost: (name: string) => void;
}

export interface WorkerWatch {
  readonly workers: readonly ProcessIdentity[];
  readonly stop: () => void;
}

const INTERVAL_MS = 500;

/** Watches those processes of a group that fit the pattern now, twice a second; costs a small read for each. */
export async function watchWorkers({ group, pattern, clock, onLost }: WatchWorkers): Promise<WorkerWatch> {
  const members = membersOf(await listProcesses(), group).filter((row) => row.pid !== group.leader.pid);
  const named = await Promise.all(
    members.map(async ({ pid, start }) => ({ pid, start, command: (await readCommand(pid)) ?? '' })),
  );
  const workers = named.filter(({ command }) => pattern.test(command));
  let cancel = (): void => undefined;
  let stopped = workers.length === 0;
  const look = async (): Promise<void> => {
    const lost = await firstLost(workers);
    if (stopped) return;
    if (lost === undefined) {
      cancel = clock.after(INTERVAL_MS, () => void look());
      return;
    }
    stopped = true;
    onLost(`${lost.command.split(' ')[0] ?? 'worker'} (${lost.pid})`);
  };
  if (!stopped) cancel = clock.after(INTERVAL_MS, () => void look());
  return {
    workers: workers.map(({ pid, start }) => ({ pid, start })),
    stop() {
      stopped = true;
      cancel();
    },
  };
}

async function firstLost<Worker extends ProcessIdentity>(workers: readonly Worker[]): Promise<Worker | undefined> {
  if (process.platform !== 'linux') {
    const rows = await listProcesses();
    return workers.find((worker) => !rows.some((row) => isSameProcess(row, worker)));
  }
  const rows = await Promise.all(
    workers.map(async ({ pid }) => {
      const stat = await readProcText(`/proc/${pid}/stat`);
      return stat === null ? null : parseStat(stat);
    }),
  );
  return workers.find((worker, at) => {
    const row = rows[at];
    return row === null || row === undefined || !isSameProcess(row, worker);
  });
}
