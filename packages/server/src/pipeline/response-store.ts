import type { Clock } from '../shared/clock.ts';
import type { Database, Tables } from '../shared/database.ts';
import { GatewayError } from '../shared/errors.ts';

/** The tables that a `ResponseStore` needs in its database. */
export const RESPONSE_TABLES: Tables = {
  owner: 'responses',
  steps: [
    `CREATE TABLE responses (
       id TEXT PRIMARY KEY,
       previous_id TEXT,
       process INTEGER,
       bytes INTEGER NOT NULL,
       used_ms INTEGER NOT NULL,
       response TEXT NOT NULL,
       input TEXT NOT NULL
     ) STRICT;
     CREATE INDEX responses_by_use ON responses (used_ms, bytes);`,
  ],
};

/** A response to be kept. */
export interface KeptResponse {
  readonly id: string;
  /** The response whose conversation it goes on with. */
  readonly previousId: string | null;
  /** Whether it is being written still, by this process. */
  readonly running: boolean;
  /** JSON. */
  readonly response: string;
  /** JSON of what was sent with its request. */
  readonly input: string;
}

/** A kept response as it is found. */
export interface FoundResponse {
  readonly id: string;
  /** `interrupted`: whoever wrote it ended before it was complete. */
  readonly state: 'finished' | 'running' | 'interrupted';
  readonly response: string;
  readonly input: string;
}

export interface ResponseStoreOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** How long a response is kept after its last use; Infinity: for ever. */
  readonly keepMs: number;
  /** Most bytes of all responses together; those that were not used longest go first. */
  readonly mostBytes: number;
  /** Most responses; as above. */
  readonly mostResponses?: number;
}

interface Row {
  readonly id: string;
  readonly process: number | null;
  readonly response: string;
  readonly input: string;
}

const MOST_RESPONSES = 100_000;
/** A conversation of more turns than this has outgrown every model's context. */
const MOST_TURNS = 2_000;
const PRUNE_EVERY_MS = 3_600_000;
const PRUNE_EVERY_SAVES = 100;

/**
 * Responses that are kept so that they can be retrieved and gone on with, each until it was not used for some time or there is no
 * room. Every function throws `storage_failed` where the database cannot be used.
 */
export class ResponseStore {
  readonly #options: ResponseStoreOptions;
  /** Until the next pruning. */
  #savesLeft = 0;
  #bytesLeft = 0;
  #stopTimer: () => void = () => undefined;

  constructor(options: ResponseStoreOptions) {
    this.#options = options;
  }

  /** Throws now what keeping a response would throw later. */
  check(): void {
    this.#database.run('DELETE FROM responses WHERE used_ms < ?', this.#oldestMs());
  }

  /** Keeps a response, in place of what was kept under its id. Throws `too_large` for one that alone is above the limit. */
  save(kept: KeptResponse): void {
    const bytes = Buffer.byteLength(kept.response) + Buffer.byteLength(kept.input);
    if (bytes > this.#options.mostBytes)
      throw new GatewayError('too_large', `the response has ${bytes} bytes, more than may be kept at all`);
    this.#database.run(
      'INSERT OR REPLACE INTO responses (id, previous_id, process, bytes, used_ms, response, input) VALUES (?, ?, ?, ?, ?, ?, ?)',
      kept.id,
      kept.previousId,
      kept.running ? process.pid : null,
      bytes,
      this.#options.clock.now(),
      kept.response,
      kept.input,
    );
    this.#savesLeft -= 1;
    this.#bytesLeft -= bytes;
    if (this.#savesLeft <= 0 || this.#bytesLeft <= 0) this.prune();
  }

  /** Null: there is none, or none any more. */
  find(id: string): FoundResponse | null {
    const [row] = this.#database.all<Row>(
      'SELECT id, process, response, input FROM responses WHERE id = ? AND used_ms >= ?',
      id,
      this.#oldestMs(),
    );
    return row === undefined ? null : found(row);
  }

  /**
   * A response and all that it went on with, oldest first; their use is noted. Throws `previous_response_not_found` where one of them is
   * missing or not complete, and `too_large` where together they have more than `mostBytes`.
   */
  conversation(id: string, mostBytes: number): FoundResponse[] {
    const database = this.#database;
    const chain = database.all<{ id: string; previous_id: string | null; bytes: number }>(
      `WITH RECURSIVE chain (id, previous_id, bytes, turn) AS (
         SELECT id, previous_id, bytes, 1 FROM responses WHERE id = ?1 AND used_ms >= ?2
         UNION ALL
         SELECT earlier.id, earlier.previous_id, earlier.bytes, turn + 1
         FROM responses AS earlier JOIN chain ON earlier.id = chain.previous_id
         WHERE turn < ?3 AND earlier.used_ms >= ?2
       )
       SELECT id, previous_id, bytes FROM chain ORDER BY turn`,
      id,
      this.#oldestMs(),
      MOST_TURNS,
    );
    const first = chain.at(-1);
    if (first === undefined) throw missing(`no response with the id "${id.slice(0, 100)}" is kept`);
    const total = chain.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > mostBytes || chain.length >= MOST_TURNS) {
      throw new GatewayError(
        'too_large',
        `the conversation so far has ${chain.length} turns of ${total} bytes, which is too long to go on with; begin a new one`,
        { param: 'previous_response_id' },
      );
    }
    if (first.previous_id !== null)
      throw missing('an earlier response of this conversation was deleted or has expired, so that it cannot go on');
    database.run(
      `UPDATE responses SET used_ms = ? WHERE id IN (${chain.map(() => '?').join(', ')})`,
      this.#options.clock.now(),
      ...chain.map((link) => link.id),
    );
    const links = chain.map((link) => this.find(link.id)).filter((link) => link !== null);
    if (links.some(({ state }) => state !== 'finished')) throw missing('the response to go on with is not complete');
    return links.toReversed();
  }

  /** Forgets a response for good; false when there was none. */
  delete(id: string): boolean {
    const deleted = this.#database.run('DELETE FROM responses WHERE id = ?', id) > 0;
    if (deleted) this.#database.erase();
    return deleted;
  }

  /** Forgets what is too old or too much, and does so again every hour. */
  prune(): void {
    const { clock, mostBytes, mostResponses = MOST_RESPONSES } = this.#options;
    this.#savesLeft = Math.min(PRUNE_EVERY_SAVES, mostResponses);
    this.#bytesLeft = mostBytes / 20;
    this.#stopTimer();
    this.#stopTimer = clock.after(PRUNE_EVERY_MS, () => this.#pruneAgain());
    const expired = this.#database.run('DELETE FROM responses WHERE used_ms < ?', this.#oldestMs());
    const crowded = this.#database.run(
      `DELETE FROM responses WHERE id IN (
         SELECT id FROM (
           SELECT id, SUM(bytes) OVER newest AS upToBytes, ROW_NUMBER() OVER newest AS upTo
           FROM responses WINDOW newest AS (ORDER BY used_ms DESC, id ROWS UNBOUNDED PRECEDING)
         ) WHERE upToBytes > ? OR upTo > ?
       )`,
      mostBytes,
      mostResponses,
    );
    if (expired + crowded > 0) this.#database.erase();
  }

  /** Stops pruning. */
  close(): void {
    this.#stopTimer();
  }

  #pruneAgain(): void {
    try {
      this.prune();
    } catch (error) {
      // The database has logged it, and the timer runs on.
      if (!(error instanceof GatewayError)) throw error;
    }
  }

  get #database(): Database {
    return this.#options.database;
  }

  #oldestMs(): number {
    return Math.max(0, this.#options.clock.now() - this.#options.keepMs);
  }
}

function found({ id, process: pid, response, input }: Row): FoundResponse {
  const state = pid === null ? 'finished' : isOtherProcess(pid) ? 'running' : 'interrupted';
  return { id, state, response, input };
}

/** This process knows itself what it runs: a row of its own number is one of an earlier process. */
function isOtherProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function missing(reason: string): GatewayError {
  return new GatewayError('previous_response_not_found', `${reason}; send the conversation itself as input`, {
    param: 'previous_response_id',
  });
}
