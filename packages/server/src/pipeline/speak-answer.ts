import { EventQueue } from '../engines/worker/event-queue.ts';
import type { LeaseModels, Plan } from '../models/model-manager.ts';
import type { Clock } from '../shared/clock.ts';
import { promptLanguage } from './language.ts';
import { merged } from './merged.ts';
import type { AnswerEvent, ChatInput, StepTrace } from './request.ts';
import type { SpeechVoices } from './speak.ts';
import { ClauseSplitter } from './speech-text/clause-splitter.ts';
import { saysMoreThanCode } from './speech-text/speakable-markdown.ts';
import { splitLanguages } from './speech-text/split-languages.ts';
import { endsWide } from './speech-text/spoken-length.ts';

/** How an answer is spoken. */
export interface AnswerSpeech {
  readonly voices: SpeechVoices;
  /** 0.25 to 4. */
  readonly speed: number;
}

export interface SpeakAnswerDeps {
  readonly models: LeaseModels;
  readonly clock: Clock;
}

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;
/** What the voice does in turn: clauses to say, and events that wait until what was written before them has been said. */
type SpeechJob = { readonly kind: 'clause'; readonly choice: number; readonly text: string } | AnswerEvent;

/**
 * Speaks an answer while it is written: each clause of its text is said as soon as it is complete, and its sound comes between the
 * events of the text without holding them up. Reasoning, calls and code are not said. The choices' ends and `finish` wait for the
 * sound; the chat model does not, so that it can make room for the voice where memory is short. `write` is given the models that
 * the answer is to use: its plan then has the voice's models too. Ending the iteration or aborting `signal` stops both.
 */
export async function* speakAnswer(
  deps: SpeakAnswerDeps,
  { input, speech }: { readonly input: Pick<ChatInput, 'messages'>; readonly speech: AnswerSpeech },
  write: (models: LeaseModels, signal: AbortSignal) => AsyncIterable<AnswerEvent>,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  using plan = new SharedPlan(deps.models, likelyModels(input, speech.voices));
  const jobs = new EventQueue<SpeechJob>();
  const sound = new Voice(deps, speech, plan).say(jobs, either);
  try {
    yield* merged([written(write(plan, either), jobs), sound]);
  } finally {
    stop.abort();
  }
}

/** Passes on what need not wait for the sound, and gives the voice its work. */
async function* written(events: AsyncIterable<AnswerEvent>, jobs: EventQueue<SpeechJob>): AsyncGenerator<AnswerEvent> {
  const choices = new Map<number, ChoiceText>();
  const say = (choice: number, clauses: readonly string[]): void => {
    for (const text of clauses) jobs.push({ kind: 'clause', choice, text });
  };
  for await (const event of events) {
    switch (event.kind) {
      case 'choice-finished':
        say(event.choice, choices.get(event.choice)?.end() ?? []);
        choices.delete(event.choice);
        jobs.push(event);
        break;
      case 'finish':
        jobs.push(event);
        break;
      case 'text-delta': {
        const choice = choices.get(event.choice) ?? new ChoiceText();
        choices.set(event.choice, choice);
        say(event.choice, choice.push(event.text));
        yield event;
        break;
      }
      default:
        yield event;
    }
  }
  jobs.end();
}

/** The text of a choice as clauses. That code was left out is only said beside other words. */
class ChoiceText {
  readonly #splitter = new ClauseSplitter();
  /** Null once there were other words. */
  #held: string[] | null = [];

  push(text: string): readonly string[] {
    return this.#release(this.#splitter.push(text));
  }

  end(): readonly string[] {
    return this.#release(this.#splitter.end());
  }

  #release(clauses: readonly string[]): readonly string[] {
    if (this.#held === null) return clauses;
    this.#held.push(...clauses);
    if (!clauses.some(saysMoreThanCode)) return [];
    const all = this.#held;
    this.#held = null;
    return all;
  }
}

/** Says clauses one after the other, and keeps account of it. */
class Voice {
  readonly #deps: SpeakAnswerDeps;
  readonly #speech: AnswerSpeech;
  readonly #plan: SharedPlan;
  readonly #startedMs: number;
  readonly #spoken = new Map<number, string>();
  readonly #models = new Set<string>();
  #beganMs: number | null = null;
  #firstSoundMs: number | null = null;
  #seconds = 0;

  constructor(deps: SpeakAnswerDeps, speech: AnswerSpeech, plan: SharedPlan) {
    this.#deps = deps;
    this.#speech = speech;
    this.#plan = plan;
    this.#startedMs = deps.clock.now();
  }

  async *say(jobs: AsyncIterable<SpeechJob>, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
    for await (const job of jobs) {
      if (job.kind === 'clause') yield* this.#clause(job.choice, job.text, signal);
      else if (job.kind === 'finish') yield* this.#finish(job);
      else yield job;
    }
  }

  async *#clause(choice: number, clause: string, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
    let transcript = this.#joined(choice, clause);
    for (const { language, text } of splitLanguages(clause)) {
      const { voices, speed } = this.#speech;
      const { model, voice } = voices.byLanguage[language] ?? voices.fallback;
      if (this.#beganMs === null) {
        this.#beganMs = this.#now();
        yield { kind: 'step-started', step: 'tts', model };
      }
      this.#models.add(model);
      using lease = await this.#plan.acquire(model, 'tts', signal);
      for await (const { sampleRate, samples } of lease.engine.run({ text, voice, speed }, signal)) {
        this.#firstSoundMs ??= this.#now();
        this.#seconds += samples.length / sampleRate;
        yield { kind: 'speech-delta', choice, transcript, sampleRate, samples };
        transcript = '';
      }
    }
  }

  /** The clause, with a space before it where its script puts one between sentences. */
  #joined(choice: number, clause: string): string {
    const before = this.#spoken.get(choice) ?? '';
    this.#spoken.set(choice, clause);
    return before === '' || endsWide(before) ? clause : ` ${clause}`;
  }

  *#finish(event: Finish): Generator<AnswerEvent> {
    if (this.#beganMs === null) return yield event;
    const first = this.#firstSoundMs === null ? 'no sound' : `first sound at ${Math.round(this.#firstSoundMs)} ms`;
    const trace: StepTrace = {
      step: 'tts',
      model: [...this.#models].join(', '),
      startMs: this.#beganMs,
      durationMs: this.#now() - this.#beganMs,
      detail: `${first}, ${this.#seconds.toFixed(1)} s of sound`,
    };
    yield { kind: 'step-finished', trace };
    yield { ...event, plan: { ...event.plan, steps: [...event.plan.steps, trace] } };
  }

  #now(): number {
    return this.#deps.clock.now() - this.#startedMs;
  }
}

/** The models of an answer and of its voice under one plan, which lasts until both are done. */
class SharedPlan implements LeaseModels, Disposable {
  readonly #models: LeaseModels;
  readonly #voices: readonly string[];
  #plan: Plan | null = null;

  constructor(models: LeaseModels, voices: readonly string[]) {
    this.#models = models;
    this.#voices = voices;
  }

  plan(modelIds: readonly string[]): Plan {
    this.#plan ??= this.#models.plan([...modelIds, ...this.#voices]);
    return { id: this.#plan.id, [Symbol.dispose]: () => undefined };
  }

  acquire: LeaseModels['acquire'] = (id, task, signal, options) =>
    this.#models.acquire(id, task, signal, { ...(this.#plan !== null && { plan: this.#plan }), ...options });

  [Symbol.dispose](): void {
    this.#plan?.[Symbol.dispose]();
  }
}

/** The voices' models that will most likely speak: of the language in which the caller wrote last, of every language where only media came. */
function likelyModels({ messages }: Pick<ChatInput, 'messages'>, { byLanguage, fallback }: SpeechVoices): string[] {
  const last = messages.findLast((message) => message.role === 'user');
  const words = last?.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n') ?? '';
  if (words.trim() !== '') return [(byLanguage[promptLanguage(words)] ?? fallback).model];
  return [...new Set([fallback, ...Object.values(byLanguage)].map(({ model }) => model))];
}
