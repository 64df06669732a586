import type { Clock } from './clock.ts';
import {
  type ListProcesses,
  type ProcessIdentity,
  type ProcessRow,
  descendantsOf,
  identityOf,
  isSameProcess,
  listProcesses,
} from './process-list.ts';
import { readProcText } from './read-proc-text.ts';

/** A process that the server started, with all that belongs to it. */
export interface ProcessGroup {
  /** The process that was started. */
  readonly leader: ProcessIdentity;
  /**
   * Whether it was started as the leader of a group and session of its own (`detached: true`): whatever has its number as group or
   * session then belongs to it, also after it has ended. Else only its descendants do.
   */
  readonly ownGroup: boolean;
  /** Others that were seen to belong to it; they are found even when the leader has ended and they have moved elsewhere. */
  readonly known?: readonly ProcessIdentity[];
  /** What the environment variable GROUP_MARK said when it was started: finds those that got away unseen (Linux). */
  readonly mark?: string | null;
  /**
   * Whether so much time passed since it was last seen that its number may be somebody else's by now: members are then believed only
   * while one of them is known by number and start.
   */
  readonly old?: boolean;
}

/** The environment variable that carries `ProcessGroup.mark` to everything that a process starts. */
export const GROUP_MARK = 'CONCERT_GROUP';

/**
 * The running processes of a group: its leader, all that has its group or session number, those known before, and the descendants of
 * all these. Never strangers: a number is believed only while the process that it was given to has
 * it or has ended, because the system gives no number out again while a group or session still uses it.
 */
export function membersOf(rows: readonly ProcessRow[], group: ProcessGroup): readonly ProcessRow[] {
  const number = group.leader.pid;
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const members = new Map<number, ProcessRow>();
  for (const identity of [group.leader, ...(group.known ?? [])]) {
    const row = byPid.get(identity.pid);
    if (row !== undefined && isSameProcess(row, identity)) members.set(row.pid, row);
  }
  const uses = (row: ProcessRow): boolean => row.group === number || row.session === number;
  const holder = byPid.get(number);
  const isTaken = holder !== undefined && !isSameProcess(holder, group.leader);
  const isProven = [...members.values()].some(uses);
  if (group.ownGroup && !isTaken && (isProven || group.old !== true)) {
    for (const row of rows) if (uses(row)) members.set(row.pid, row);
  }
  // A map that grows while it is walked: descendants of descendants come last.
  for (const pid of members.keys()) {
    for (const descendant of descendantsOf(rows, pid)) members.set(descendant.pid, descendant);
  }
  return [...members.values()];
}

export interface EndGroup {
  readonly group: ProcessGroup;
  /** How long the processes have to end by themselves after TERM. */
  readonly termMs: number;
  /** How long the system has to end them after KILL. */
  readonly killMs: number;
  readonly clock: Clock;
  /** Told of members just before they are signalled. */
  readonly onSignal?: (members: readonly ProcessRow[], signal: EndSignal) => void;
  /** The process table; the system's own by default. */
  readonly list?: ListProcesses;
}

type EndSignal = 'SIGTERM' | 'SIGKILL';

const FIRST_POLL_MS = 20;
const LONGEST_POLL_MS = 250;

/**
 * Ends a group: TERM to all of it at once, and KILL to what is left after `termMs`. Resolves as soon as nothing of it runs any more,
 * at the latest `killMs` after KILL, with what still does (a process that hangs in the kernel, or another user's). Touches nothing
 * outside the group, nor itself.
 */
export async function endGroup(options: EndGroup): Promise<readonly ProcessRow[]> {
  // The clock's timers let the process end, but an orphan must not outlive the server for that.
  const stayAlive = setInterval(() => undefined, 2 ** 30);
  try {
    const watch = new GroupWatch(options.group, options.list ?? listProcesses);
    const afterTerm = await signalUntilGone(watch, options, 'SIGTERM');
    return afterTerm.length === 0 ? [] : await signalUntilGone(watch, options, 'SIGKILL');
  } finally {
    clearInterval(stayAlive);
  }
}

/** Signals all members, those too that appear meanwhile, and waits until none is left or the time is over. */
async function signalUntilGone(
  watch: GroupWatch,
  { clock, termMs, killMs, onSignal }: EndGroup,
  signal: EndSignal,
): Promise<readonly ProcessRow[]> {
  const deadline = clock.now() + (signal === 'SIGTERM' ? termMs : killMs);
  const told = new Set<string>();
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.5, LONGEST_POLL_MS)) {
    const members = await watch.members();
    if (members.length === 0) return [];
    const untold = members.filter((row) => !told.has(keyOf(row)));
    if (untold.length > 0) {
      onSignal?.(untold, signal);
      watch.signal(untold, signal);
    }
    for (const row of untold) told.add(keyOf(row));
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) return members;
    await new Promise<void>((resolve) => clock.after(Math.min(pollMs, leftMs), resolve));
  }
}

/** A group under observation: members once seen stay known, wherever they go. */
class GroupWatch {
  readonly #group: ProcessGroup;
  readonly #list: ListProcesses;
  readonly #known: Map<string, ProcessIdentity>;
  /** Whether the calling process is in that group itself: then its members are told one by one. */
  #isOwn = false;

  constructor(group: ProcessGroup, list: ListProcesses) {
    this.#group = group;
    this.#list = list;
    this.#known = new Map((group.known ?? []).map((identity) => [keyOf(identity), identity]));
  }

  async members(): Promise<readonly ProcessRow[]> {
    const rows = await this.#list();
    this.#isOwn = rows.some((row) => row.pid === process.pid && row.group === this.#group.leader.pid);
    const found = this.#find(rows);
    // Reading the environment of every process is dear: only when nothing else is left.
    if (found.length > 0 || !(await this.#learnMarked(rows))) return found;
    return this.#find(rows);
  }

  signal(members: readonly ProcessRow[], signal: EndSignal): void {
    const number = this.#group.leader.pid;
    const inGroup = this.#group.ownGroup && !this.#isOwn && members.some((row) => row.group === number);
    // One signal for the whole group leaves no gap in which a member could start another.
    if (inGroup) send(-number, signal);
    for (const row of members) if (!inGroup || row.group !== number) send(row.pid, signal);
  }

  #find(rows: readonly ProcessRow[]): readonly ProcessRow[] {
    const others = rows.filter((row) => row.pid !== process.pid);
    const found = membersOf(others, { ...this.#group, known: [...this.#known.values()] });
    for (const row of found) this.#known.set(keyOf(row), identityOf(row));
    return found;
  }

  async #learnMarked(rows: readonly ProcessRow[]): Promise<boolean> {
    const mark = this.#group.mark ?? null;
    if (mark === null || process.platform !== 'linux') return false;
    const before = this.#known.size;
    await Promise.all(
      rows.map(async (row) => {
        const environment = await readProcText(`/proc/${row.pid}/environ`);
        if (environment?.split('\0').includes(`${GROUP_MARK}=${mark}`) !== true || row.pid === process.pid) return;
        this.#known.set(keyOf(row), identityOf(row));
      }),
    );
    return this.#known.size > before;
  }
}

function keyOf({ pid, start }: ProcessIdentity): string {
  return `${pid} ${start}`;
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // Gone meanwhile, or not ours to signal: the next look at the table tells which.
    if (!['ESRCH', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
