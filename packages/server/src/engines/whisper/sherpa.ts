import { createRequire } from 'node:module';

/** What sherpa-onnx heard in one stream; times are seconds from its start. */
export interface SherpaResult {
  /** Whisper's code of the language. */
  readonly lang: string;
  readonly tokens: readonly string[];
  /** When each token begins and how long it lasts, where that was asked for and the decoder tells what it attends to; else empty. */
  readonly timestamps?: readonly number[];
  readonly durations?: readonly number[];
  readonly segment_timestamps: readonly number[];
  /** 0 where the model did not close the segment. */
  readonly segment_durations: readonly number[];
  /** In the token table's spelling. */
  readonly segment_texts: readonly string[];
}

interface Waveform {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

interface SherpaStream {
  acceptWaveform(waveform: Waveform): void;
}

/** The parts of sherpa-onnx-node that are used here; the package brings no types. */
export interface SherpaRecognizer {
  createStream(): SherpaStream;
  /** Replaces the language and task at once; the weights stay loaded. */
  setConfig(config: object): void;
  decodeAsync(stream: SherpaStream): Promise<SherpaResult>;
}

export interface SherpaVad {
  acceptWaveform(samples: Float32Array): void;
  isEmpty(): boolean;
  isDetected(): boolean;
  front(externalBuffer: boolean): { readonly start: number; readonly samples: Float32Array };
  pop(): void;
  flush(): void;
  reset(): void;
}

/** A band-limited resampler with a windowed sinc (Kaldi's LinearResample), fed piece by piece. */
export interface SherpaResampler {
  resample(samples: Float32Array): Float32Array;
  flush(samples: Float32Array): Float32Array;
}

interface SherpaModule {
  readonly OfflineRecognizer: { createAsync(config: object): Promise<SherpaRecognizer> };
  readonly Vad: new (config: object, bufferSeconds: number) => SherpaVad;
  readonly LinearResampler: new (inputRate: number, outputRate: number) => SherpaResampler;
}

/** Samples per second that Whisper and the voice detector take. */
export const SAMPLE_RATE = 16_000;
/** Samples that the voice detector takes at a time. */
export const VAD_STEP = 512;

/** sherpa-onnx-node as this process has it. */
export function loadSherpa(): SherpaModule {
  return createRequire(import.meta.url)('sherpa-onnx-node') as SherpaModule;
}

/** Where the files of a Whisper model lie, and how it is run. */
export interface WhisperFiles {
  readonly encoder: string;
  readonly decoder: string;
  readonly tokens: string;
  readonly threads: number;
}

/** What is asked of the recogniser. */
export interface RecognizerTask {
  /** Empty: the model detects it. */
  readonly language: string;
  readonly mode: 'transcribe' | 'translate';
  /** Whether to tell when each token was said. */
  readonly tokenTimes: boolean;
}

/** The recogniser's configuration. */
export function recognizerConfig(files: WhisperFiles, { language, mode, tokenTimes }: RecognizerTask): object {
  return {
    featConfig: { sampleRate: SAMPLE_RATE, featureDim: 80 },
    modelConfig: {
      whisper: {
        encoder: files.encoder,
        decoder: files.decoder,
        language,
        task: mode,
        tailPaddings: TAIL_FRAMES,
        enableSegmentTimestamps: 1,
        enableTokenTimestamps: tokenTimes ? 1 : 0,
      },
      tokens: files.tokens,
      numThreads: files.threads,
      provider: 'cpu',
      debug: 0,
    },
    decodingMethod: 'greedy_search',
  };
}

/** Frames of 10 ms that sherpa-onnx appends to what it is given. */
const TAIL_FRAMES = 100;

/** A Silero voice detector for 16 kHz. */
export function createVad(
  model: string,
  options: { readonly threshold: number; readonly minPauseSeconds: number },
): SherpaVad {
  const config = {
    sileroVad: {
      model,
      threshold: options.threshold,
      minSilenceDuration: options.minPauseSeconds,
      minSpeechDuration: 0.25,
      maxSpeechDuration: 20,
      windowSize: VAD_STEP,
    },
    sampleRate: SAMPLE_RATE,
    numThreads: 1,
    provider: 'cpu',
    debug: 0,
  };
  return new (loadSherpa().Vad)(config, 60);
}
