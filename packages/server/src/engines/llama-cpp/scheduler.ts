import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent } from '../engine.ts';
import { EventQueue } from '../worker/event-queue.ts';
import { AnswerText } from './answer-text.ts';
import { chooseSequence, type ReuseRules, type SequenceChoice } from './choose-sequence.ts';
import { planStep, type StepKind } from './plan-step.ts';
import { SequencePool } from './sequence-pool.ts';

/** What the scheduler needs of a llama.cpp context. */
export interface StepContext {
  begin(): void;
  add(token: number, position: number, sequence: number, wantsLogits: boolean): number;
  decode(): 'ok' | 'no-room' | 'failed';
  cut(sequence: number, from: number): boolean;
  copyPrefix(source: number, target: number, tokens: number): void;
  clear(): void;
}

/** What the scheduler needs of a vocabulary. */
interface Vocabulary {
  pieceOf(token: number): Uint8Array;
  endsAnswer(token: number): boolean;
}

/** Chooses the tokens of one request; freed when the request ends. */
export interface TokenChooser {
  /** The next token, from the logits of a token in the batch that was just evaluated. */
  next(batchIndex: number): number;
  free(): void;
}

export interface SchedulerOptions {
  readonly context: StepContext;
  readonly vocabulary: Vocabulary;
  readonly maxSequences: number;
  readonly poolTokens: number;
  /** Prompt tokens of one step, a multiple of the tile. */
  readonly batchTokens: number;
  readonly reuse: ReuseRules;
}

/** A request in tokens. `prompt.length + maxTokens` is at most the pool. */
export interface TokenRequest {
  readonly prompt: Int32Array;
  readonly maxTokens: number;
  readonly stops: readonly string[];
  readonly chooser: TokenChooser;
}

/** An answer under way. */
export interface Answer {
  readonly events: AsyncIterable<ChatEvent>;
  /** Stops the work before the next token; the readers of `events` get `reason`. Does nothing once it ended. */
  cancel(reason: Error): void;
}

interface Job {
  readonly request: TokenRequest;
  /** Prompt and answer. */
  readonly tokens: number[];
  readonly text: AnswerText;
  readonly events: EventQueue<ChatEvent>;
  written: number;
  /** Prompt tokens that needed no evaluation; null before the first admission. */
  cachedTokens: number | null;
  promptReported: boolean;
}

interface Running {
  readonly job: Job;
  readonly sequence: number;
  evaluated: number;
}

/** Free cells for each running request without which no further one is admitted: else it would soon be sent back. */
const HEADROOM_TOKENS = 32;

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Runs requests together: steps evaluate one token of every answer being written, in turn with chunks of prompts, so a
 * request joins or leaves between tokens. Requests start in order of arrival. When the cache runs full, idle sequences
 * are forgotten first; then the youngest request gives up its place and later goes on where it was.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #pool: SequencePool;
  #waiting: Job[] = [];
  /** In order of admission. */
  #running: Running[] = [];
  #lastStep: StepKind = 'singles';
  #state: 'idle' | 'looping' | 'closed' = 'idle';

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#pool = new SequencePool(options.maxSequences, options.poolTokens);
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
    const job: Job = {
      request,
      tokens: Array.from(request.prompt),
      text: new AnswerText(request.stops),
      events: new EventQueue(),
      written: 0,
      cachedTokens: null,
      promptReported: false,
    };
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
    this.#failAll(new GatewayError('shutting_down', 'the model was unloaded while it answered; try again'));
  }

  async #loop(): Promise<void> {
    await turn();
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

  #admit(): void {
    for (let job = this.#waiting[0]; job !== undefined; job = this.#waiting[0]) {
      const choice = chooseSequence(job.tokens, this.#pool.sequences, this.#options.reuse);
      if (choice === null) return;
      const needed = job.tokens.length - choice.reuse + HEADROOM_TOKENS * (this.#running.length + 1);
      if (this.#running.length > 0 && needed > this.#pool.availableCells(choice.source, choice.reuse)) return;
      this.#waiting.shift();
      this.#start(job, choice);
    }
  }

  #start(job: Job, choice: SequenceChoice): void {
    const { target, source } = choice;
    const { context } = this.#options;
    let { reuse } = choice;
    if (target !== source) {
      this.#forget(target, 0);
      context.copyPrefix(source, target, reuse);
      this.#pool.share(source, target, reuse);
    } else if (!this.#forget(target, reuse)) {
      reuse = 0;
    }
    this.#pool.hold(target);
    job.cachedTokens ??= reuse;
    this.#running.push({ job, sequence: target, evaluated: reuse });
  }

  /** Cuts an idle sequence back; false when the model could only forget all of it. */
  #forget(sequence: number, from: number): boolean {
    const held = this.#pool.sequences[sequence]?.tokens.length ?? 0;
    if (held <= from) return true;
    const cut = this.#options.context.cut(sequence, from);
    if (!cut) this.#options.context.cut(sequence, 0);
    this.#pool.cut(sequence, cut ? from : 0);
    return cut;
  }

  #step(): void {
    if (this.#running.length === 0) return;
    const counts = this.#planWithinPool();
    const { context } = this.#options;
    const outputs: (number | null)[] = [];
    context.begin();
    for (const [index, { job, sequence, evaluated }] of this.#running.entries()) {
      const end = evaluated + (counts[index] ?? 0);
      let output: number | null = null;
      for (let position = evaluated; position < end; position++) {
        const last = position === job.tokens.length - 1;
        const added = context.add(job.tokens[position] as number, position, sequence, last);
        if (last) output = added;
      }
      outputs.push(output);
    }
    const result = context.decode();
    if (result === 'failed') throw new GatewayError('model_failed', 'the model failed while it answered; try again');
    if (result === 'no-room') {
      if (!this.#makeRoom()) throw new GatewayError('out_of_memory', 'the token cache is full; send a shorter request');
      return;
    }
    const stepped = this.#running.map((run, index) => ({
      run,
      count: counts[index] ?? 0,
      output: outputs[index] ?? null,
    }));
    for (const { run, count } of stepped) {
      for (let done = 0; done < count; done++)
        this.#pool.append(run.sequence, run.job.tokens[run.evaluated++] as number);
    }
    for (const { run, output } of stepped) {
      if (output !== null) this.#write(run, output);
    }
  }

  /** The tokens of this step for each running request, after making room for them in the pool. */
  #planWithinPool(): readonly number[] {
    for (;;) {
      const left = this.#running.map(({ job, evaluated }) => job.tokens.length - evaluated);
      const { kind, counts } = planStep(left, this.#options.batchTokens, this.#lastStep);
      const needed = counts.reduce((sum, count) => sum + count, 0);
      if (needed <= this.#pool.freeCells || !this.#makeRoom()) {
        this.#lastStep = kind;
        return counts;
      }
    }
  }

  /** Forgets the oldest idle sequence, else sends the youngest request back to wait; false when neither is possible. */
  #makeRoom(): boolean {
    const idle = this.#pool.oldestIdle();
    if (idle !== null) {
      this.#forget(idle, 0);
      return true;
    }
    if (this.#running.length < 2) return false;
    const youngest = this.#running.pop();
    if (youngest === undefined) return false;
    this.#pool.release(youngest.sequence);
    this.#forget(youngest.sequence, 0);
    this.#waiting.unshift(youngest.job);
    return true;
  }

  /** Chooses and hands out the next token of a request whose tokens are all evaluated. */
  #write(run: Running, output: number): void {
    const { job } = run;
    const { request, text, events } = job;
    if (!job.promptReported) {
      job.promptReported = true;
      events.push({ kind: 'prompt', promptTokens: request.prompt.length, cachedTokens: job.cachedTokens ?? 0 });
    }
    if (job.written >= request.maxTokens) {
      this.#finish(run, 'length');
      return;
    }
    const token = request.chooser.next(output);
    job.tokens.push(token);
    job.written++;
    if (this.#options.vocabulary.endsAnswer(token)) {
      this.#finish(run, 'stop');
      return;
    }
    const { text: shown, stopped } = text.push(this.#options.vocabulary.pieceOf(token));
    if (shown !== '') events.push({ kind: 'text-delta', text: shown });
    if (stopped) this.#end(run, 'stop');
    else if (job.written >= request.maxTokens) this.#finish(run, 'length');
  }

  /** Gives out what was held back, then ends the answer. */
  #finish(run: Running, reason: 'stop' | 'length'): void {
    const { text, stopped } = run.job.text.flush();
    if (text !== '') run.job.events.push({ kind: 'text-delta', text });
    this.#end(run, stopped ? 'stop' : reason);
  }

  #end(run: Running, reason: 'stop' | 'length'): void {
    run.job.events.push({ kind: 'finish', reason, completionTokens: run.job.written });
    run.job.events.end();
    this.#leave(run);
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
    this.#failRunning(error);
    for (const [index] of this.#pool.sequences.entries()) this.#pool.cut(index, 0);
    this.#options.context.clear();
  }

  #failRunning(error: Error): void {
    for (const run of this.#running.splice(0)) {
      run.job.events.finishWith(error);
      this.#leave(run);
    }
  }

  #failAll(error: Error): void {
    this.#failRunning(error);
    for (const job of this.#waiting.splice(0)) {
      job.events.finishWith(error);
      job.request.chooser.free();
    }
  }
}
