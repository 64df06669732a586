import type { Gpu } from '../machine/machine.ts';
import type { Footprint } from '../shared/footprint.ts';
import type { Task } from './engine.ts';
import type { StartEngine } from './engine-process.ts';

/** A model as its engine's definition sees it. */
export interface EngineModel {
  readonly fileBytes: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What the parent process knows of an engine without loading it. */
export interface EngineDefinition<T extends Task = Task> {
  /** The folder under `engines/`. */
  readonly name: string;
  readonly task: T;
  /** Bytes of RAM the process will hold once loaded on the CPU, for the memory budget; an estimate. */
  estimateBytes(model: EngineModel): number;
  /** Requests that a loaded model serves at once; further ones wait in the model's queue. */
  concurrency(model: EngineModel): number;
  /** The ways in which the model can lie on this machine's devices, best first; absent: RAM alone, `estimateBytes` of it. */
  placements?(model: EngineModel, gpus: readonly Gpu[]): readonly Footprint[];
  /** Settings that need less memory (a shorter context), tried once after a load ran out of it; null: it can't be smaller. */
  shrink?(settings: EngineModel['settings']): EngineModel['settings'] | null;
  /** What it still holds while asleep; null: it cannot sleep. Absent: it cannot. */
  sleepFootprint?(model: EngineModel, loaded: Footprint): Footprint | null;
  /** Starts the engine as processes of its own kind; absent: it is a module that runs in a child process of ours. */
  readonly start?: StartEngine;
}
