import type { Probe } from '../machine/probe.ts';
import type { SourceSettings } from '../models/pull/open-sources.ts';
import type { FileStore } from '../models/store/store.ts';
import type { Log } from '../shared/log.ts';
import type { ProgressStream } from './progress.ts';

/** What the commands work on; wired once in the program file. */
export interface CliDeps {
  readonly store: FileStore;
  readonly sources: SourceSettings;
  readonly keepImported: boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** The profile of the configuration; `auto` chooses. */
  readonly profile: string;
  /** What the machine is asked through. */
  readonly probe: Probe;
  /** Where answers go, line by line. */
  print(line: string): void;
  readonly progress: ProgressStream;
}

/** What a command's exit code says. */
export const EXIT = { fine: 0, failed: 1, usage: 2 } as const;
