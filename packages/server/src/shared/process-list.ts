import { execFile, spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readProcText, readProcTextNow } from './read-proc-text.ts';

/** One process, never mistaken for another that was given the same number later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, as the system tells it; only equality means something. */
  readonly start: string;
}

/** One line of the process table. */
export interface ProcessRow extends ProcessIdentity {
  readonly parent: number;
  /** The number of its process group. */
  readonly group: number;
  /** The number of its session; 0 where the table does not tell. */
  readonly session: number;
  /** The program's short name. */
  readonly name: string;
  /** Resident bytes; null where the table does not tell. */
  readonly residentBytes: number | null;
}

/** Reads the table of running processes. */
export type ListProcesses = () => Promise<readonly ProcessRow[]>;

const run = promisify(execFile);
const PS = 'ps';
/** So many take a millisecond or two; then others have their turn. */
const MOST_READ_AT_ONCE = 100;
const KIB = 1024;
const PS_COLUMNS = ['pid=', 'ppid=', 'pgid=', 'rss=', 'stat=', 'lstart=', 'ucomm='].join(',');
/** `Sun Nov 22 17:02:38 2026`: five words, in the C locale. */
const PS_ROW = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+ +\S+ +\S+ +\S+ +\S+)\s+(.*?)\s*$/;
const PS_OPTIONS = { env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' }, maxBuffer: 2 ** 26 };

/**
 * Every running process that this user may see; zombies are left out, because they hold nothing any more. Reads `/proc` on
 * Linux and asks `ps` elsewhere; on Windows there is no table, and the list is empty.
 */
export async function listProcesses(): Promise<readonly ProcessRow[]> {
  if (process.platform === 'win32') return [];
  if (process.platform !== 'linux') return parsePs((await run(PS, ['-A', '-o', PS_COLUMNS], PS_OPTIONS)).stdout);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows: ProcessRow[] = [];
  for (const [at, pid] of pids.entries()) {
    // Nothing is read from a disk here: reading at once takes a sixth of the time that reading in the background does.
    const stat = readProcTextNow(`/proc/${pid}/stat`);
    const row = stat === null ? null : parseStat(stat);
    if (row !== null) rows.push(row);
    if (at % MOST_READ_AT_ONCE === MOST_READ_AT_ONCE - 1) await setImmediate();
  }
  return rows;
}

/**
 * Who a process is; null when there is none. Asked in the same turn in which a child was started it always finds the child, even
 * one that has ended already. Blocks for a moment.
 */
export function identifyProcess(pid: number): ProcessIdentity | null {
  if (process.platform === 'win32') return null;
  if (process.platform === 'linux') {
    const stat = readProcTextNow(`/proc/${pid}/stat`);
    return stat === null ? null : identityIn(stat, fieldsOf(stat));
  }
  const { stdout } = spawnSync(PS, ['-o', PS_COLUMNS, '-p', String(pid)], { ...PS_OPTIONS, encoding: 'utf8' });
  const start = PS_ROW.exec(stdout)?.[6];
  return start === undefined ? null : { pid, start };
}

/** The process's command line, cut after 300 characters; its short name where it has none, null when there is no such process. */
export async function readCommand(pid: number): Promise<string | null> {
  if (process.platform === 'win32') return null;
  if (process.platform !== 'linux') {
    const found = await run(PS, ['-o', 'command=', '-p', String(pid)], PS_OPTIONS).catch(() => null);
    return found === null ? null : shorten(found.stdout);
  }
  const line = await readProcText(`/proc/${pid}/cmdline`);
  if (line === null) return null;
  const words = shorten(line.replaceAll('\0', ' '));
  return words === '' ? ((await readProcText(`/proc/${pid}/comm`))?.trim() ?? null) : words;
}

/** `/proc/<pid>/stat` (proc_pid_stat(5)): null for zombies. The name may hold spaces and parentheses. */
export function parseStat(text: string): ProcessRow | null {
  const fields = fieldsOf(text);
  const identity = identityIn(text, fields);
  const [state = 'X', parent, group, session] = fields;
  if (identity === null || 'ZXx'.includes(state)) return null;
  const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
  return {
    ...identity,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    name,
    residentBytes: null,
  };
}

/** `ps -A -o pid=,ppid=,pgid=,rss=,stat=,lstart=,ucomm=` in the C locale; zombies are left out. */
export function parsePs(text: string): readonly ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, group, rss, state = 'Z', start = '', name = ''] = PS_ROW.exec(line) ?? [];
    if (state.startsWith('Z')) return [];
    return [
      {
        pid: Number(pid),
        start,
        parent: Number(parent),
        group: Number(group),
        session: 0,
        name,
        residentBytes: Number(rss) * KIB,
      },
    ];
  });
}

/** Who the process of a row is. */
export function identityOf({ pid, start }: ProcessIdentity): ProcessIdentity {
  return { pid, start };
}

/** Whether both are the same process. */
export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.start === b.start;
}

/** The process and everything that it started, directly or not, as far as its ancestors still live. */
export function descendantsOf<Row extends Pick<ProcessRow, 'pid' | 'parent'>>(
  rows: readonly Row[],
  pid: number,
): readonly Row[] {
  const children = new Map<number, Row[]>();
  for (const row of rows) {
    const siblings = children.get(row.parent);
    if (siblings === undefined) children.set(row.parent, [row]);
    else siblings.push(row);
  }
  const found = rows.filter((row) => row.pid === pid);
  const seen = new Set([pid]);
  // A list that grows while it is walked; `seen` guards against a table read while ids were re-used.
  for (const { pid: parent } of found) {
    for (const child of children.get(parent) ?? []) {
      if (seen.has(child.pid)) continue;
      seen.add(child.pid);
      found.push(child);
    }
  }
  return found;
}

/** Field 22: clock ticks between the machine's start and the process's. */
const START_FIELD = 22 - 3;

/** Fields of `/proc/<pid>/stat` behind the name, up to the start: the third, `state`, comes first. The others nobody reads. */
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ', START_FIELD + 1);
}

function identityIn(stat: string, fields: readonly string[]): ProcessIdentity | null {
  const pid = Number.parseInt(stat, 10);
  const start = fields[START_FIELD];
  return Number.isNaN(pid) || start === undefined ? null : { pid, start };
}

const MOST_COMMAND_CHARACTERS = 300;

function shorten(line: string): string {
  return line.trim().slice(0, MOST_COMMAND_CHARACTERS);
}
