import { mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import { type ProcessGroup, endGroup } from '../../shared/process-group.ts';
import { identifyProcess, isSameProcess, type ListProcesses, listProcesses } from '../../shared/process-list.ts';

const Identity = z.object({ pid: z.int().min(2), start: z.string().min(1) });

/** One process that a server started for a model, as it stands on disk. */
const RunRecord = z.object({
  version: z.literal(1),
  modelId: z.string(),
  whenMs: z.number(),
  /** The machine and its start: a process number means nothing on another, or after a restart. */
  machine: z.object({ host: z.string(), boot: z.string() }),
  /** The server that owns the process. */
  owner: Identity,
  leader: Identity,
  ownGroup: z.boolean(),
  mark: z.string().nullable(),
  known: z.array(Identity),
});
type RunRecord = z.infer<typeof RunRecord>;

/** Keeps on disk which processes the server has started, for the next server should this one be killed. */
export interface RunRecords {
  /** Writes down a process that was just started, before anything else can happen; blocks for a moment. A failure is only logged. */
  started(modelId: string, group: ProcessGroup): void;
  /** Writes down what the process has started by now. */
  grown(group: ProcessGroup): void;
  /** Forgets a process of which nothing is left. */
  ended(pid: number): void;
}

export interface RunRecordsDeps {
  /** Made when the first process starts. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps the records of this server's processes in a folder, one file each. */
export function createRunRecords({ folder, clock, log }: RunRecordsDeps): RunRecords {
  const owner = identifyProcess(process.pid);
  const records = new Map<number, RunRecord>();
  const save = (record: RunRecord): void => {
    try {
      mkdirSync(folder, { recursive: true });
      const path = join(folder, fileName(record));
      writeFileSync(`${path}.new`, JSON.stringify(record));
      renameSync(`${path}.new`, path);
    } catch (error) {
      const message = `the model's process could not be recorded in ${folder}; should the server be killed, end it by hand`;
      log.warn({ model: record.modelId, pid: record.leader.pid, err: error }, message);
    }
  };
  return {
    started(modelId, group) {
      if (owner === null) return;
      const { leader, ownGroup, mark = null, known = [] } = group;
      const whenMs = clock.now();
      const machine = thisMachine();
      const record: RunRecord = {
        version: 1,
        modelId,
        whenMs,
        machine,
        owner,
        leader,
        ownGroup,
        mark,
        known: [...known],
      };
      records.set(leader.pid, record);
      save(record);
    },
    grown({ leader, known = [] }) {
      const record = records.get(leader.pid);
      if (record === undefined || !isSameProcess(record.leader, leader)) return;
      const grown = { ...record, known: [...known] };
      records.set(leader.pid, grown);
      save(grown);
    },
    ended(pid) {
      const record = records.get(pid);
      if (record === undefined) return;
      records.delete(pid);
      try {
        rmSync(join(folder, fileName(record)), { force: true });
      } catch (error) {
        log.warn(
          { model: record.modelId, pid, err: error },
          `the record of an ended process could not be deleted in ${folder}`,
        );
      }
    },
  };
}

export interface EndLeftovers {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The process table; the system's own by default. */
  readonly list?: ListProcesses;
}

const TERM_MS = 3_000;
const KILL_MS = 5_000;

/**
 * Ends the processes that servers recorded in the folder and left behind when they were killed. Leaves alone what belongs to a server
 * that still runs or to another machine, and every process that is not the recorded one by number and start. Call it before this
 * server starts a process, and before free memory is read. Resolves with how many models had left something; never rejects.
 */
export async function endLeftovers(options: EndLeftovers): Promise<number> {
  const { folder, log } = options;
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    const ended = await Promise.all(names.map((name) => endLeftover(options, join(folder, name))));
    return ended.filter(Boolean).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    log.warn(
      { err: error },
      `the records of earlier models in ${folder} could not be read; end what they left behind by hand`,
    );
    return 0;
  }
}

async function endLeftover({ clock, log, list = listProcesses }: EndLeftovers, path: string): Promise<boolean> {
  const record = await readRecord(path);
  if (record !== null && record.machine.host !== hostname()) return false;
  if (record === null || record.machine.boot !== thisMachine().boot) {
    await rm(path, { force: true });
    return false;
  }
  // Looked for in the table, because it leaves out a killed server that nobody has buried yet.
  if ((await list()).some((row) => isSameProcess(row, record.owner))) return false;
  const { modelId, leader, ownGroup, mark, known } = record;
  let left = false;
  const survivors = await endGroup({
    group: { leader, ownGroup, mark, known, old: true },
    termMs: TERM_MS,
    killMs: KILL_MS,
    clock,
    list,
    onSignal(members, signal) {
      left = true;
      const processes = members.map(({ pid, name }) => `${pid} (${name})`);
      log.warn(
        { model: modelId, processes, signal },
        'ending what an earlier server, which was killed, has left behind',
      );
    },
  });
  if (survivors.length === 0) await rm(path, { force: true });
  else {
    const stuck = survivors.map(({ pid, name }) => `${pid} (${name})`).join(', ');
    log.error(
      { model: modelId },
      `${stuck} of an earlier server could not be ended and still hold memory: end them with kill -9`,
    );
  }
  return left;
}

/** Null when it is no record: a power cut leaves empty files. */
async function readRecord(path: string): Promise<RunRecord | null> {
  try {
    const parsed = RunRecord.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function fileName({ modelId, leader }: RunRecord): string {
  return `${modelId.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.${leader.pid}.json`;
}

let machine: RunRecord['machine'] | null = null;

/** Where process numbers and starts of processes mean the same. */
function thisMachine(): RunRecord['machine'] {
  machine ??= { host: hostname(), boot: process.platform === 'linux' ? bootOfLinux() : '' };
  return machine;
}

/** The kernel's start and the container: elsewhere the start of a process is a date, which is never the same again. */
function bootOfLinux(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Sandboxes without them: number and start must do.
    return '';
  }
}
