import Libsql from 'libsql';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { GatewayError } from './errors.ts';
import type { Log } from './log.ts';

type Connection = InstanceType<typeof Libsql>;

/** What can stand in a row. */
type SqlValue = string | number | null;

/** The tables of one owner: steps that are run once each, in order. Steps that were released are never changed, only added to. */
export interface Tables {
  readonly owner: string;
  readonly steps: readonly string[];
}

/** How long a statement waits for another process that writes. */
const BUSY_MS = 5_000;
const NOT_USABLE =
  'the server can keep and find nothing now: its database cannot be opened or written; its log says why';

/**
 * The server's one database (SQLite, by libsql): a file for its user alone, opened with its first use. Statements run at once and
 * block, so rows are small or rare. Every failure is thrown as `storage_failed`, and a later use tries again.
 */
export class Database {
  readonly #path: string;
  readonly #tables: readonly Tables[];
  readonly #log: Log;
  #connection: Connection | null = null;

  constructor(options: { readonly path: string; readonly tables: readonly Tables[]; readonly log: Log }) {
    this.#path = options.path;
    this.#tables = options.tables;
    this.#log = options.log;
  }

  /** Runs a statement; gives the number of rows that it changed. */
  run(sql: string, ...values: readonly SqlValue[]): number {
    return this.#use((connection) => connection.prepare(sql).run([...values]).changes);
  }

  /** The rows of a query. The caller names their shape. */
  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[] {
    return this.#use((connection) => connection.prepare(sql).all([...values]) as Row[]);
  }

  /** Overwrites what was deleted in the file and gives its room back. */
  erase(): void {
    this.#use((connection) => {
      connection.prepare('PRAGMA incremental_vacuum').all([]);
      connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([]);
    });
  }

  /** Closes the file; a later use would open it again. */
  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  #use<T>(work: (connection: Connection) => T): T {
    try {
      this.#connection ??= this.#open();
      return work(this.#connection);
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause;
      this.#log.error({ path: this.#path, err: cause }, 'The database cannot be used');
      throw new GatewayError('storage_failed', NOT_USABLE, { cause });
    }
  }

  #open(): Connection {
    mkdirSync(dirname(this.#path), { recursive: true });
    // SQLite gives the files beside it the rights of this one.
    closeSync(openSync(this.#path, 'a', 0o600));
    const connection = new Libsql(this.#path);
    try {
      for (const pragma of [
        `busy_timeout = ${BUSY_MS}`,
        'auto_vacuum = INCREMENTAL',
        'journal_mode = WAL',
        'synchronous = NORMAL',
        'secure_delete = ON',
      ])
        connection.prepare(`PRAGMA ${pragma}`).all([]);
      this.#migrate(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  #migrate(connection: Connection): void {
    connection.exec('CREATE TABLE IF NOT EXISTS table_steps (owner TEXT PRIMARY KEY, done INTEGER NOT NULL) STRICT');
    for (const { owner, steps } of this.#tables) {
      connection
        .transaction(() => {
          const [row] = connection.prepare('SELECT done FROM table_steps WHERE owner = ?').all([owner]) as {
            done: number;
          }[];
          const done = row?.done ?? 0;
          if (done > steps.length)
            throw new Error(`the tables of ${owner} were made by a newer version of the server; start that one`);
          for (const step of steps.slice(done)) connection.exec(step);
          connection.prepare('INSERT OR REPLACE INTO table_steps VALUES (?, ?)').run([owner, steps.length]);
        })
        .immediate();
    }
  }
}
