import { setTimeout } from 'node:timers/promises';
import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent } from '../engine.ts';
import { chooseMove } from './choose-move.ts';
import { commonPrefix, type ReuseRules } from './choose-sequence.ts';
import { PromptLookup } from './draft.ts';
import { Job, type TokenRequest, type Vocabulary } from './job.ts';
import type { Pace } from './pace.ts';
import type { ParkedState, ParkedStates } from './parked-states.ts';
import { planStep, type StepKind, TILE_TOKENS } from './plan-step.ts';
import { type Place, SequenceKeeper, type SequenceStore } from './sequence-keeper.ts';
import { SequencePool } from './sequence-pool.ts';
import { MOST_GUESSED_ROWS, MOST_GUESSING_WRITERS } from './settings.ts';

/** What the scheduler needs of a llama.cpp context. */
export interface StepContext extends SequenceStore {
  begin(): void;
  add(token: number, position: number, sequence: number, wantsLogits: boolean): number;
  decode(): 'ok' | 'no-room' | 'failed';
  clear(): void;
}

export interface SchedulerOptions {
  readonly context: StepContext;
  readonly vocabulary: Vocabulary;
  readonly maxSequences: number;
  readonly poolTokens: number;
  /** Prompt tokens of one step, a multiple of the tile. */
  readonly batchTokens: number;
  /** Whether all sequences lie in one pool of llama.cpp's. */
  readonly onePool: boolean;
  readonly reuse: ReuseRules;
  readonly pace: Pace;
  readonly parked: ParkedStates;
  /** Whether answers are guessed ahead from what was said before; needs `reuse.canCut`. */
  readonly speculate: boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** An answer under way. */
export interface Answer {
  readonly events: AsyncIterable<ChatEvent>;
  /** Stops the work before the next token; the readers of `events` get `reason`. Does nothing once it ended. */
  cancel(reason: Error): void;
}

interface Running {
  readonly job: Job;
  sequence: number;
  evaluated: number;
  /** Tokens that were known when it came. */
  readonly known: number;
  /** The same for requests that came together. */
  readonly group: number;
}

/** One request's part in a step. */
interface Part {
  readonly run: Running;
  readonly count: number;
  readonly guessed: readonly number[];
  /** Batch index of its last token, if its logits were asked for; those of guessed tokens follow. */
  output: number | null;
}

/** Free cells for each running request without which no further one is admitted: else it would soon be sent back. */
const HEADROOM_TOKENS = 32;
/** A request waits for another one to evaluate a prefix that both begin with when it saves at least so many tokens. */
const LEAST_AWAITED_TOKENS = 32;

const GATHER_SHARE = 0.02;
const MOST_GATHER_MS = 20;

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Runs requests together: steps evaluate one token of every answer being written, along with pieces of prompts, so a
 * request joins or leaves between tokens. Requests start in order of arrival, but one whose prefix is just being evaluated by
 * another waits for that. When the cache runs full, idle sequences are forgotten first; then the youngest request gives
 * up its place and later goes on where it was. What is forgotten is parked in host memory as far as that reaches.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #pool: SequencePool;
  readonly #keeper: SequenceKeeper;
  #waiting: Job[] = [];
  /** In order of admission. */
  #running: Running[] = [];
  #lastStep: StepKind = 'singles';
  /** Counts the steps of prompts between those of answers. */
  #turn = 0;
  #groups = 0;
  #state: 'idle' | 'looping' | 'closed' = 'idle';

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#pool = new SequencePool(options.maxSequences, options.poolTokens);
    this.#keeper = new SequenceKeeper({
      store: options.context,
      pool: this.#pool,
      parked: options.parked,
      rules: options.reuse,
      promptMs: (tokens) => (options.pace.promptTokenMs === null ? null : options.pace.promptTokenMs * tokens),
      now: options.now,
    });
  }

  /** Requests that run or wait. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#running.length, waiting: this.#waiting.length };
  }

  /** Takes a request, and its chooser with it. */
  submit(request: TokenRequest): Answer {
    if (this.#state === 'closed') {
      request.chooser.free();
      throw new GatewayError('shutting_down', 'the model is being unloaded; try again');
    }
    const { vocabulary, speculate, reuse } = this.#options;
    const lookup = (tokens: readonly number[]): PromptLookup => new PromptLookup(tokens);
    const job = new Job(request, vocabulary, speculate && reuse.canCut ? lookup : null);
    this.#waiting.push(job);
    if (this.#state === 'idle') {
      this.#state = 'looping';
      void this.#loop();
    }
    return { events: job.events, cancel: (reason) => this.#cancel(job, reason) };
  }

  /** Fails whatever runs or waits; nothing is evaluated afterwards. */
  close(): void {
    this.#state = 'closed';
    const error = new GatewayError('shutting_down', 'the model was unloaded while it answered; try again');
    this.#failRunning(error);
    for (const job of this.#waiting.splice(0)) {
      job.failWith(error);
      job.request.chooser.free();
    }
  }

  /** Parks all idle sequences and returns what is held outside of llama.cpp, the most recently used first. */
  parkAll(): readonly ParkedState[] {
    const idle = [...this.#pool.sequences.entries()].filter(([, { busy }]) => !busy);
    for (const [index] of idle.sort(([, a], [, b]) => a.lastUsed - b.lastUsed)) this.#keeper.park(index);
    return this.#options.parked.states;
  }

  async #loop(): Promise<void> {
    await turn();
    await this.#gatherCompany();
    while (this.#state === 'looping' && this.#running.length + this.#waiting.length > 0) {
      try {
        this.#admit();
        this.#step();
      } catch (error) {
        this.#recover(error instanceof Error ? error : new Error(String(error)));
      }
      // In the first turn this step's events go out together; before the second, cancels and new requests come in.
      await turn();
      await turn();
    }
    if (this.#state === 'looping') this.#state = 'idle';
  }

  /** Requests that are sent together arrive a moment apart: the first one waits a fiftieth of its own time for the others. */
  async #gatherCompany(): Promise<void> {
    const tokens = this.#waiting.reduce((sum, job) => sum + job.tokens.length, 0);
    const ms = Math.min(MOST_GATHER_MS, (this.#options.pace.promptTokenMs ?? 0) * tokens * GATHER_SHARE);
    if (ms >= 1) await setTimeout(ms);
  }

  #admit(): void {
    for (const job of this.#waiting.slice()) {
      if (this.#running.length === this.#options.maxSequences) return;
      const place = this.#keeper.choose(job.tokens, job.scope);
      if (place === null) return;
      if (this.#awaitsPrefix(job, place.reuse)) continue;
      const reused = place.parked === null ? place.reuse : 0;
      const needed = job.tokens.length - reused + HEADROOM_TOKENS * (this.#running.length + 1);
      if (this.#running.length > 0 && needed > this.#pool.availableCells(place.source, reused)) return;
      this.#waiting.splice(this.#waiting.indexOf(job), 1);
      this.#start(job, place);
    }
  }

  /** Whether a running request is about to evaluate much of this one's prompt: to wait for it is never slower. */
  #awaitsPrefix(job: Job, reuse: number): boolean {
    if (!this.#options.reuse.canShare) return false;
    return this.#running.some(({ job: other, evaluated }) => {
      if (other.scope !== job.scope || evaluated >= other.request.prompt.length) return false;
      const common = commonPrefix(job.tokens, other.tokens, job.tokens.length - 1);
      return evaluated < common && common - reuse >= LEAST_AWAITED_TOKENS;
    });
  }

  #start(job: Job, place: Place): void {
    if (place.parked !== null) this.#makeRoomFor(place.parked.tokens.length, place.target);
    const reuse = this.#keeper.prepare(place, job.scope);
    job.noteCached(Math.min(reuse, job.request.prompt.length));
    this.#running.push({ job, sequence: place.target, evaluated: reuse, known: reuse, group: this.#groupOfNext() });
  }

  /** Requests come together as long as no prompt of theirs has got beyond its first tile. */
  #groupOfNext(): number {
    const newcomers = this.#running.filter((run) => !isWriting(run));
    const last = newcomers.at(-1);
    const group = newcomers.filter((run) => run.group === last?.group);
    const isOpen = group.every(({ evaluated, known }) => evaluated - known <= TILE_TOKENS);
    return last !== undefined && isOpen ? last.group : ++this.#groups;
  }

  /** Frees cells for a parked state, other idle sequences first. */
  #makeRoomFor(tokens: number, target: number): void {
    this.#keeper.forget(target, 0);
    for (
      let idle = this.#pool.oldestIdle();
      idle !== null && this.#pool.freeCells < tokens;
      idle = this.#pool.oldestIdle()
    ) {
      this.#keeper.forget(idle, 0);
    }
  }

  #step(): void {
    if (this.#running.length === 0) return;
    if (this.#options.reuse.neighbours) this.#gather();
    const parts = this.#planParts();
    const { context, pace, now } = this.#options;
    context.begin();
    for (const part of parts) this.#addToBatch(part);
    const start = now();
    const result = context.decode();
    if (result === 'failed') throw new GatewayError('model_failed', 'the model failed while it answered; try again');
    if (result === 'no-room') {
      if (!this.#makeRoom()) throw new GatewayError('out_of_memory', 'the token cache is full; send a shorter request');
      return;
    }
    const writers = parts.filter(({ run }) => isWriting(run)).length;
    for (const { run, count, guessed } of parts) {
      for (let done = 0; done < count; done++)
        this.#pool.append(run.sequence, run.job.tokens[run.evaluated + done] as number);
      for (const token of guessed) this.#pool.append(run.sequence, token);
    }
    const promptTokens = parts.reduce((sum, { run, count }) => sum + (isWriting(run) ? 0 : count), 0);
    const drafted = parts.reduce((sum, { guessed }) => sum + guessed.length, 0);
    for (const part of parts) this.#take(part);
    // Last tokens of prompts, alone in a step, take as long as those of answers: they say nothing about prompts.
    const onlyEnds = writers === 0 && parts.every(({ count, output }) => count === 1 && output !== null);
    if (!onlyEnds) pace.observe({ writers, promptTokens, drafted, ms: now() - start });
  }

  #addToBatch(part: Part): void {
    const { job, sequence, evaluated } = part.run;
    const { context } = this.#options;
    const end = evaluated + part.count;
    for (let position = evaluated; position < end; position++) {
      const last = position === job.tokens.length - 1;
      const added = context.add(job.tokens[position] as number, position, sequence, last);
      if (last) part.output = added;
    }
    for (const [index, token] of part.guessed.entries()) context.add(token, end + index, sequence, true);
  }

  /** Writes what a step's logits give; guessed tokens count as far as the model chooses the same. */
  #take({ run, count, guessed, output }: Part): void {
    const { job, sequence } = run;
    run.evaluated += count;
    if (output === null) return;
    let right = 0;
    for (;;) {
      const token = writeNext(job, output + right);
      if (job.ended || token === null || right >= guessed.length || token !== guessed[right]) break;
      right++;
    }
    run.evaluated += right;
    if (guessed.length > 0) {
      job.lookup?.learn(guessed.length, right);
      if (right < guessed.length) {
        this.#pool.takeBack(sequence, guessed.length - right);
        this.#options.context.cut(sequence, run.evaluated);
      }
    }
    if (job.ended) this.#leave(run);
  }

  /** Brings a running sequence that lies apart beside the others, so that one step evaluates them together. */
  #gather(): void {
    const move = chooseMove(this.#pool.sequences.map(({ busy }) => busy));
    const run = this.#running.find(({ sequence }) => sequence === move?.from);
    if (move === null || run === undefined || run.evaluated === 0) return;
    this.#keeper.move(move.from, move.to);
    run.sequence = move.to;
  }

  /** This step's parts in order of their sequences, as llama.cpp groups them, after making room for them in the pool. */
  #planParts(): readonly Part[] {
    const { batchTokens, onePool, pace } = this.#options;
    for (;;) {
      const left = this.#running.map(({ job, evaluated }) => job.tokens.length - evaluated);
      const writers = this.#running.filter(isWriting).length;
      const promptTokens = pace.promptTokens(writers, this.#running.length - writers);
      const newcomers =
        writers > 0 ? null : this.#running.map(({ job, known, group }) => ({ size: job.tokens.length - known, group }));
      const limits = {
        batchTokens,
        promptTokens,
        onePool,
        turn: this.#turn,
        newcomers,
      };
      const { kind, counts } = planStep(left, limits, this.#lastStep);
      const needed = counts.reduce((sum, count) => sum + count, 0);
      if (needed > this.#pool.freeCells && this.#makeRoom()) continue;
      this.#lastStep = kind;
      if (writers > 0 && kind !== 'singles') this.#turn++;
      const parts = this.#running.flatMap((run, index): Part[] => {
        const count = counts[index] ?? 0;
        return count === 0 ? [] : [{ run, count, guessed: [], output: null }];
      });
      const guessing = writers === this.#running.length && writers <= MOST_GUESSING_WRITERS;
      return (guessing ? this.#guess(parts, this.#pool.freeCells - needed) : parts).toSorted(
        (a, b) => a.run.sequence - b.run.sequence,
      );
    }
  }

  #guess(parts: readonly Part[], freeCells: number): readonly Part[] {
    const { pace } = this.#options;
    const most = Math.min(MOST_GUESSED_ROWS, freeCells);
    let taken = 0;
    return parts.map((part) => {
      // A right guess saves one answer its share of a step; the others still need theirs.
      const price = (tokens: number): number => tokens * pace.draftPrice(parts.length, taken + tokens) * parts.length;
      const guessed = part.run.job.lookup?.guess(Math.min(most - taken, part.run.job.room - 1), price) ?? [];
      taken += guessed.length;
      return { ...part, guessed };
    });
  }

  /** Forgets the oldest idle sequence, else sends the youngest request back to wait; false when neither is possible. */
  #makeRoom(): boolean {
    const idle = this.#pool.oldestIdle();
    if (idle !== null) {
      this.#keeper.forget(idle, 0);
      return true;
    }
    if (this.#running.length < 2) return false;
    const youngest = this.#running.pop();
    if (youngest === undefined) return false;
    this.#pool.release(youngest.sequence);
    this.#keeper.forget(youngest.sequence, 0);
    this.#waiting.unshift(youngest.job);
    return true;
  }

  /** The request goes; its sequence keeps what it evaluated, for reuse. */
  #leave(run: Running): void {
    this.#running = this.#running.filter((other) => other !== run);
    this.#pool.release(run.sequence);
    run.job.request.chooser.free();
  }

  #cancel(job: Job, reason: Error): void {
    const run = this.#running.find((candidate) => candidate.job === job);
    if (run !== undefined) {
      this.#leave(run);
    } else {
      const index = this.#waiting.indexOf(job);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      job.request.chooser.free();
    }
    job.events.fail(reason);
  }

  /** After a failed step the cache can't be trusted: running requests fail, waiting ones start with an empty one. */
  #recover(error: Error): void {
    const [first] = this.#waiting;
    if (this.#running.length === 0 && first !== undefined) {
      // It failed before it ran: it would again.
      this.#waiting.shift();
      first.failWith(error);
      first.request.chooser.free();
    }
    this.#failRunning(error);
    for (const [index] of this.#pool.sequences.entries()) this.#pool.cut(index, 0);
    this.#options.context.clear();
  }

  #failRunning(error: Error): void {
    for (const run of this.#running.splice(0)) {
      run.job.failWith(error);
      this.#leave(run);
    }
  }
}

/** Writes a job's next token; what goes wrong with choosing it ends this job alone. */
function writeNext(job: Job, output: number): number | null {
  try {
    return job.write(output);
  } catch (error) {
    job.failWith(error instanceof Error ? error : new Error(String(error)));
    return null;
  }
}

/** Whether all but the token it chose last is evaluated, so that each step adds one to its answer. */
function isWriting({ job, evaluated }: Running): boolean {
  return evaluated >= job.request.prompt.length && job.tokens.length - evaluated === 1;
}
