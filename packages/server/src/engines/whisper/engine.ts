import { GatewayError } from '../../shared/errors.ts';
import type { AsrEvent, AsrRequest, CreateEngine, Engine, EngineOptions } from '../engine.ts';
import { TurnQueue } from '../turn-queue.ts';
import { decodeAudio } from './decode-audio.ts';
import { fromWhisperLanguage, toWhisperLanguage } from './languages.ts';
import type { PcmStore } from './pcm-store.ts';
import { type Span, WindowPlanner } from './plan-windows.ts';
import { quietestSample } from './quietest-sample.ts';
import type { HeardWord } from './read-words.ts';
import { type HeardSegment, recogniseWindow } from './recognise-window.ts';
import { parseSettings, type WhisperSettings } from './settings.ts';
import {
  createVad,
  loadSherpa,
  recognizerConfig,
  type RecognizerTask,
  SAMPLE_RATE,
  type SherpaRecognizer,
  type SherpaVad,
  type WhisperFiles,
} from './sherpa.ts';
import { speechSpans } from './speech-spans.ts';
import { withHexTokens } from './token-table.ts';

/** Shorter windows tell too little of their language: they follow what was spoken before. */
const TELLING_SECONDS = 3;

/** Each request then sets its own. */
const FIRST_TASK: RecognizerTask = { language: '', mode: 'transcribe', tokenTimes: false };

/** Turns speech into text with a Whisper model through sherpa-onnx, window by window and one request at a time. */
export const createEngine: CreateEngine<'asr'> = async (options) => {
  const settings = parseSettings(options.settings);
  const files: WhisperFiles = {
    encoder: pathOf(options, settings.encoder),
    decoder: pathOf(options, settings.decoder),
    tokens: pathOf(options, settings.tokens),
    threads: options.threads,
  };
  const vad = createVad(pathOf(options, settings.vad), {
    threshold: settings.speechThreshold,
    minPauseSeconds: settings.minPauseSeconds,
  });
  const recognizer = await withHexTokens(files.tokens, (tokens) =>
    loadSherpa().OfflineRecognizer.createAsync(recognizerConfig({ ...files, tokens }, FIRST_TASK)),
  );
  return new WhisperEngine({ settings, files, vad, recognizer });
};

function pathOf(options: EngineOptions, name: string): string {
  const path = options.files[name];
  if (path === undefined)
    throw new Error(`${options.modelId} is given no file ${name}, which its settings name; add it to the catalogue`);
  return path;
}

interface Parts {
  readonly settings: WhisperSettings;
  readonly files: WhisperFiles;
  readonly vad: SherpaVad;
  readonly recognizer: SherpaRecognizer;
}

class WhisperEngine implements Engine<'asr'> {
  readonly #parts: Parts;
  readonly #turns = new TurnQueue();
  readonly #closing = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async *run(request: AsrRequest, caller: AbortSignal): AsyncGenerator<AsrEvent> {
    const signal = AbortSignal.any([caller, this.#closing.signal]);
    const language = this.#language(request.language);
    using _turn = await this.#turns.enter(signal);
    const { samples, durationSeconds } = await decodeAudio(request.audio, {
      maxSeconds: this.#parts.settings.maxAudioSeconds,
      signal,
    });
    yield { kind: 'audio', durationSeconds };
    const words = request.words === true;
    const spoken = new Map<string, number>();
    for await (const window of this.#windows(samples, signal)) {
      const segments = await this.#recognise(
        { samples, window, language: language ?? likely(window, spoken) ?? '', mode: request.mode, tokenTimes: words },
        signal,
      );
      for (const segment of segments) {
        spoken.set(segment.language, (spoken.get(segment.language) ?? 0) + segment.end - segment.start);
        yield toEvent(segment, durationSeconds, words);
      }
    }
    const main = mostSpoken(spoken);
    yield { kind: 'finish', language: main === null ? null : fromWhisperLanguage(main) };
  }

  close(): Promise<void> {
    this.#closing.abort(new Error('the model is being stopped'));
    return Promise.resolve();
  }

  #language(code: string | null): string | null {
    if (code === null) return null;
    const language = toWhisperLanguage(code, this.#parts.settings.extraLanguages);
    if (language !== null) return language;
    throw new GatewayError(
      'unsupported_value',
      `this model does not know the language "${code}"; give an ISO 639-1 code such as en or zh, or none`,
      {
        param: 'language',
      },
    );
  }

  async *#windows(samples: PcmStore, signal: AbortSignal): AsyncGenerator<Span> {
    const planner = new WindowPlanner({
      longest: this.#parts.settings.maxWindowSeconds * SAMPLE_RATE,
      longestPause: 2 * SAMPLE_RATE,
      touching: 0.05 * SAMPLE_RATE,
      margin: 0.2 * SAMPLE_RATE,
      quietest: (from, to) => from + quietestSample(samples.read(from, to)),
    });
    for await (const span of speechSpans(this.#parts.vad, samples, signal)) yield* planner.add(span);
    yield* planner.finish();
  }

  #recognise(
    job: RecognizerTask & { readonly samples: PcmStore; readonly window: Span },
    signal: AbortSignal,
  ): Promise<HeardSegment[]> {
    const { recognizer, files } = this.#parts;
    recognizer.setConfig(recognizerConfig(files, job));
    return recogniseWindow(recognizer, job.samples, job.window, signal);
  }
}

/** The language to expect in a window that is too short to tell; null lets the model detect it. */
function likely(window: Span, spoken: ReadonlyMap<string, number>): string | null {
  return window.end - window.start < TELLING_SECONDS * SAMPLE_RATE ? mostSpoken(spoken) : null;
}

/** The language with the most seconds. */
function mostSpoken(spoken: ReadonlyMap<string, number>): string | null {
  return (
    [...spoken].reduce<readonly [string, number] | null>(
      (most, one) => (most === null || one[1] > most[1] ? one : most),
      null,
    )?.[0] ?? null
  );
}

function toEvent(segment: HeardSegment, durationSeconds: number, withWords: boolean): AsrEvent {
  const times = ({ start, end }: { start: number; end: number }): { startSeconds: number; endSeconds: number } => ({
    startSeconds: Math.min(start, durationSeconds),
    endSeconds: Math.min(end, durationSeconds),
  });
  return {
    kind: 'segment',
    text: segment.text,
    ...times(segment),
    language: fromWhisperLanguage(segment.language),
    ...(withWords && { words: wordsOf(segment).map((word) => ({ text: word.text, ...times(word) })) }),
  };
}

function wordsOf({ words }: HeardSegment): readonly HeardWord[] {
  if (words !== null) return words;
  throw new GatewayError(
    'unsupported_value',
    'this speech model does not tell when each word was said; ask for segments, or have the operator pull the model again',
    { param: 'timestamp_granularities' },
  );
}
