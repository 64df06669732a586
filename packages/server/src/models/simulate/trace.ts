/** A model as the simulation knows it. */
export interface SimulatedModel {
  readonly id: string;
  readonly bytes: number;
  readonly loadMs: number;
  /** How long its memory takes to come back. */
  readonly stopMs: number;
}

/** One request: which model, how long it holds it, and when it comes. */
export interface TraceRequest {
  readonly modelId: string;
  readonly holdMs: number;
  /** The request whose answer this one waits for (its place in the trace, an earlier one); null: none. */
  readonly after: number | null;
  /** After that answer, or after the start. */
  readonly delayMs: number;
  /** The models of this request's plan, from this step on; absent: no plan. */
  readonly plan?: readonly string[];
}

/** Requests to models, to be replayed. */
export interface Trace {
  readonly name: string;
  readonly models: readonly SimulatedModel[];
  readonly requests: readonly TraceRequest[];
}
