import type { OcrEvent } from '../engines/engine.ts';
import { EventQueue } from '../engines/worker/event-queue.ts';
import type { LeaseModels, Plan } from '../models/model-manager.ts';
import type { Clock } from '../shared/clock.ts';
import { pageText } from './page-text.ts';
import type { FoundMedia } from './templates.ts';
import type { AnswerEvent, InputMessage, InputPart } from './request.ts';

/** What the specialists of a plan need. */
export interface MediaStepDeps {
  readonly models: LeaseModels;
  readonly clock: Clock;
}

export interface MediaStepInput {
  readonly messages: readonly InputMessage[];
  /** Null leaves pictures alone. */
  readonly ocrModel: string | null;
  /** Null leaves recordings alone. */
  readonly asrModel: string | null;
  /** How what stands in a picture is told to the chat model; absent: as a page is read. */
  readonly pictureWords?: (result: OcrEvent) => string;
  /** When the request began, for the trace. */
  readonly startedMs: number;
  readonly announced: Plan;
  /** Called once every specialist of the plan is loaded and pinned: from here on, waiting for another model cannot block them. */
  readonly onSpecialistsReady: () => void;
}

/**
 * Reads every picture and writes down every recording of the messages, all at once, and tells of each step as it begins and
 * ends. Returns what was found, message by message. One failure stops the others and is thrown.
 */
export async function* readMedia(
  deps: MediaStepDeps,
  input: MediaStepInput,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, readonly FoundMedia[]> {
  const found = input.messages.map(() => ({ pictures: [] as string[], recordings: [] as string[] }));
  const events = new EventQueue<AnswerEvent>();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let unloaded = 0;
  const shared = {
    announced: input.announced,
    pictureWords: input.pictureWords ?? (({ lines }: OcrEvent): string => pageText(lines)),
    tell: (event: AnswerEvent): void => events.push(event),
    leased: (): void => {
      unloaded -= 1;
      if (unloaded === 0) input.onSpecialistsReady();
    },
  };
  const jobs = input.messages.flatMap((message, index) => {
    const slot = found[index];
    if (slot === undefined) return [];
    const { ocrModel, asrModel } = input;
    const pictures = ocrModel === null ? [] : message.parts.filter((part) => part.kind === 'image');
    const recordings = asrModel === null ? [] : message.parts.filter((part) => part.kind === 'audio');
    return [
      ...pictures.map((part, place) => async () => {
        slot.pictures[place] = await step(deps, input, { ...shared, part, step: 'ocr', model: ocrModel ?? '' }, either);
      }),
      ...recordings.map((part, place) => async () => {
        slot.recordings[place] = await step(
          deps,
          input,
          { ...shared, part, step: 'asr', model: asrModel ?? '' },
          either,
        );
      }),
    ];
  });
  unloaded = jobs.length;
  const finished = Promise.all(jobs.map((job) => job())).then(
    () => events.end(),
    (error: unknown) => {
      stop.abort();
      events.finishWith(error instanceof Error ? error : new Error(String(error)));
    },
  );
  try {
    yield* events;
    await finished;
    return found;
  } finally {
    stop.abort();
  }
}

interface StepJob {
  readonly part: InputPart;
  readonly step: 'ocr' | 'asr';
  readonly model: string;
  readonly announced: Plan;
  readonly pictureWords: (result: OcrEvent) => string;
  readonly tell: (event: AnswerEvent) => void;
  /** Says that this job's model is loaded and pinned. */
  readonly leased: () => void;
}

async function step(deps: MediaStepDeps, input: MediaStepInput, job: StepJob, signal: AbortSignal): Promise<string> {
  const startMs = deps.clock.now() - input.startedMs;
  job.tell({ kind: 'step-started', step: job.step, model: job.model });
  const { text, detail } = await (job.step === 'ocr' ? pictureText(deps, job, signal) : transcript(deps, job, signal));
  const durationMs = deps.clock.now() - input.startedMs - startMs;
  job.tell({ kind: 'step-finished', trace: { step: job.step, model: job.model, startMs, durationMs, detail } });
  return text;
}

async function pictureText(
  deps: MediaStepDeps,
  job: StepJob,
  signal: AbortSignal,
): Promise<{ text: string; detail: string }> {
  if (job.part.kind !== 'image') return { text: '', detail: 'no picture' };
  using lease = await deps.models.acquire(job.model, 'ocr', signal, { plan: job.announced });
  job.leased();
  let text = '';
  let count = 0;
  for await (const result of lease.engine.run({ image: job.part.bytes }, signal)) {
    text = job.pictureWords(result);
    count = result.lines.length;
  }
  return { text, detail: `${count} lines` };
}

async function transcript(
  deps: MediaStepDeps,
  job: StepJob,
  signal: AbortSignal,
): Promise<{ text: string; detail: string }> {
  if (job.part.kind !== 'audio') return { text: '', detail: 'no recording' };
  using lease = await deps.models.acquire(job.model, 'asr', signal, { plan: job.announced });
  job.leased();
  const segments: string[] = [];
  let detail = '';
  for await (const event of lease.engine.run({ audio: job.part.bytes, language: null, mode: 'transcribe' }, signal)) {
    switch (event.kind) {
      case 'audio':
        detail = `${event.durationSeconds.toFixed(1)} s of audio`;
        break;
      case 'segment':
        segments.push(event.text);
        break;
      case 'finish':
        detail += event.language === null ? ', no speech' : `, language ${event.language}`;
        break;
      default:
        event satisfies never;
    }
  }
  return { text: segments.join('').trim(), detail };
}
