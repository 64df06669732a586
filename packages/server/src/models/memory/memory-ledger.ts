import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import type { ProcessGroup } from '../../shared/process-group.ts';
import { listProcesses } from '../../shared/process-list.ts';
import { readProcessBytes } from '../../shared/process-memory.ts';
import { createMeasure, type Measure, type ReadMemory } from './measure-use.ts';
import { createMemoryReturn, type MemoryReturn } from './memory-return.ts';
import { createRunRecords } from './run-records.ts';

/** What models' processes really hold: measured while they run, verified to be back after their end. */
export interface MemoryLedger extends Pick<Measure, 'readUse'>, MemoryReturn {
  /** Takes note of a model's process in the turn in which it was started, on disk too; the engines' `onStarted`. */
  started(modelId: string, group: ProcessGroup): void;
  /** Takes the process off the record again. */
  ended(pid: number): void;
}

export interface MemoryLedgerDeps extends Pick<ReadMemory, 'readGpuUse'> {
  /** Where running processes are recorded, for `endLeftovers` of the next start. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The ledger over this machine's processes. */
export function createMemoryLedger({ folder, readGpuUse, clock, log }: MemoryLedgerDeps): MemoryLedger {
  const read: ReadMemory = { list: listProcesses, readProcessBytes, readGpuUse };
  const records = createRunRecords({ folder, clock, log });
  const measure = createMeasure(read, { clock, onMembers: records.grown });
  const { awaitReturn } = createMemoryReturn({ ...read, measure, onGone: records.ended, clock, log });
  return {
    started(modelId, group) {
      measure.follow(group);
      records.started(modelId, group);
    },
    ended: records.ended,
    readUse: measure.readUse,
    awaitReturn,
  };
}
