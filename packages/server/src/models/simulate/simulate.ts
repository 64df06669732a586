import { Agenda } from './agenda.ts';
import type { SimulatedModel, Trace, TraceRequest } from './trace.ts';

/** What a policy can do to the machine it runs on. */
export interface Machine {
  readonly nowMs: number;
  readonly budgetBytes: number;
  readonly models: ReadonlyMap<string, SimulatedModel>;
  /** Starts a model; `loaded` follows. Throws where it runs already or its memory is not free. */
  start(modelId: string): void;
  /** Ends a model, or its start; `stopped` follows. Throws where it has users. */
  stop(modelId: string): void;
  /** Lets a request have its model; `released` follows. Throws where it is not loaded. */
  serve(ticket: number): void;
  /** The request is answered with an error. */
  refuse(ticket: number): void;
  /** Calls `woken` then. */
  wakeAt(atMs: number): void;
}

/** How a server decides what is in memory. A ticket is the place of a request in the trace. */
export interface Policy {
  arrived(ticket: number, request: TraceRequest): void;
  loaded(modelId: string): void;
  stopped(modelId: string): void;
  released(ticket: number, modelId: string, heldMs: number): void;
  woken(): void;
}

/** Makes a policy for a machine on which nothing is loaded. */
export type MakePolicy = (machine: Machine) => Policy;

/** What became of a trace. */
export interface Outcome {
  /** From the arrival to the use of the model, by request; NaN where it was refused. */
  readonly waitedMs: readonly number[];
  /** When each request came. */
  readonly arrivedMs: readonly number[];
  readonly loads: number;
  /** Models that were stopped, for whatever reason. */
  readonly stops: number;
  readonly refused: number;
}

interface Process {
  readonly state: 'loading' | 'ready' | 'stopping';
  /** Tells this process from earlier ones of the model. */
  readonly serial: number;
  users: number;
}

/**
 * Replays a trace against a policy on a virtual clock, with so much memory. Throws Error where the policy does what no
 * server could.
 */
export function simulate(trace: Trace, budgetBytes: number, makePolicy: MakePolicy): Outcome {
  const agenda = new Agenda();
  const models = new Map(trace.models.map((model) => [model.id, model]));
  const processes = new Map<string, Process>();
  const waitedMs = trace.requests.map(() => Number.NaN);
  const arrivedMs = trace.requests.map(() => Number.NaN);
  const followers = followersOf(trace);
  let usedBytes = 0;
  let loads = 0;
  let stops = 0;
  let refused = 0;
  let wakeMs = Number.POSITIVE_INFINITY;

  const change = (modelId: string, process: Process, afterMs: number, then: () => void): void => {
    processes.set(modelId, process);
    agenda.plan(agenda.nowMs + afterMs, () => {
      if (processes.get(modelId)?.serial === process.serial) then();
    });
  };
  const machine: Machine = {
    get nowMs() {
      return agenda.nowMs;
    },
    budgetBytes,
    models,
    start(modelId) {
      const model = known(models, modelId);
      if (processes.has(modelId)) throw new Error(`${modelId} is started twice`);
      if (usedBytes + model.bytes > budgetBytes) throw new Error(`there is no room for ${modelId}`);
      usedBytes += model.bytes;
      const serial = loads++;
      change(modelId, { state: 'loading', serial, users: 0 }, model.loadMs, () => {
        processes.set(modelId, { state: 'ready', serial, users: 0 });
        policy.loaded(modelId);
      });
    },
    stop(modelId) {
      const process = known(processes, modelId);
      const model = known(models, modelId);
      if (process.users > 0) throw new Error(`${modelId} is stopped while it has users`);
      if (process.state === 'stopping') throw new Error(`${modelId} is stopped twice`);
      stops++;
      change(modelId, { state: 'stopping', serial: -stops, users: 0 }, model.stopMs, () => {
        processes.delete(modelId);
        usedBytes -= model.bytes;
        policy.stopped(modelId);
      });
    },
    serve(ticket) {
      const { modelId, holdMs } = requestOf(trace, ticket);
      const process = known(processes, modelId);
      if (process.state !== 'ready') throw new Error(`${modelId} is used before it is loaded`);
      process.users++;
      waitedMs[ticket] = agenda.nowMs - (arrivedMs[ticket] ?? Number.NaN);
      agenda.plan(agenda.nowMs + holdMs, () => {
        process.users--;
        policy.released(ticket, modelId, holdMs);
        follow(ticket);
      });
    },
    refuse(ticket) {
      refused++;
      follow(ticket);
    },
    wakeAt(atMs) {
      if (atMs === wakeMs) return;
      wakeMs = atMs;
      agenda.plan(atMs, () => {
        if (wakeMs !== atMs) return;
        wakeMs = Number.POSITIVE_INFINITY;
        policy.woken();
      });
    },
  };
  const policy = makePolicy(machine);
  const arrive = (ticket: number): void => {
    arrivedMs[ticket] = agenda.nowMs;
    policy.arrived(ticket, requestOf(trace, ticket));
  };
  const follow = (ticket: number): void => {
    for (const next of followers.get(ticket) ?? []) {
      agenda.plan(agenda.nowMs + requestOf(trace, next).delayMs, () => arrive(next));
    }
  };
  trace.requests.forEach(({ after, delayMs }, ticket) => {
    if (after === null) agenda.plan(delayMs, () => arrive(ticket));
  });
  agenda.run();
  return { waitedMs, arrivedMs, loads, stops, refused };
}

function followersOf(trace: Trace): Map<number, number[]> {
  const followers = new Map<number, number[]>();
  trace.requests.forEach(({ after }, ticket) => {
    if (after !== null) followers.set(after, [...(followers.get(after) ?? []), ticket]);
  });
  return followers;
}

function requestOf(trace: Trace, ticket: number): TraceRequest {
  const request = trace.requests[ticket];
  if (request === undefined) throw new Error(`there is no request ${ticket}`);
  return request;
}

function known<T>(of: ReadonlyMap<string, T>, modelId: string): T {
  const one = of.get(modelId);
  if (one === undefined) throw new Error(`${modelId} is not there`);
  return one;
}
