import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GatewayError } from '../../shared/errors.ts';
import type { CreateEngine, Engine, EngineOptions, TtsEvent, TtsRequest } from '../engine.ts';
import { chinesePhonemes } from './chinese/chinese-phonemes.ts';
import { normaliseChinese } from './chinese/normalise-chinese.ts';
import { RunQueue } from './run-queue.ts';
import { parseSettings } from './settings.ts';
import { splitPhonemes } from './split-phonemes.ts';
import { pauseAfter, trimSilence } from './trim-silence.ts';
import { readVoices, STYLE_SIZE } from './voices.ts';
import { MOST_PHONEMES, parseVocabulary, toTokens } from './vocabulary.ts';

const SAMPLE_RATE = 24_000;

/**
 * Loads Kokoro-82M from the files that the settings name. The engine speaks Chinese in any voice of its `.npz`, one run of the
 * model at a time in order of arrival; its process is busy meanwhile. Throws an Error where a file is missing or damaged.
 */
export const createEngine: CreateEngine<'tts'> = async (options) => {
  const settings = parseSettings(options.settings);
  const voices = await readVoices(filePath(options, settings.voices));
  const vocabulary = parseVocabulary(await readFile(filePath(options, settings.vocabulary), 'utf8'));
  const session = await InferenceSession.create(filePath(options, settings.model), {
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Texts differ in length, so a plan of memory made for the last one only costs memory: 70 to 100 MB, measured.
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
  return new KokoroEngine(session, voices, vocabulary);
};

function filePath(options: EngineOptions, name: string): string {
  const path = options.files[name];
  if (path === undefined) throw new Error(`the catalogue gives the model ${options.modelId} no file ${name}`);
  return path;
}

class KokoroEngine implements Engine<'tts'> {
  readonly #session: InferenceSession;
  readonly #voices: ReadonlyMap<string, Float32Array>;
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #queue = new RunQueue();
  #closed = false;

  constructor(
    session: InferenceSession,
    voices: ReadonlyMap<string, Float32Array>,
    vocabulary: ReadonlyMap<string, number>,
  ) {
    this.#session = session;
    this.#voices = voices;
    this.#vocabulary = vocabulary;
  }

  async *run(request: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    signal.throwIfAborted();
    const voice = this.#voiceNamed(request.voice);
    const runs = phonemeRuns(request.text);
    if (runs.length === 0) {
      yield { kind: 'audio-chunk', sampleRate: SAMPLE_RATE, samples: new Float32Array(SAMPLE_RATE / 10) };
    }
    for (const phonemes of runs) {
      const samples = await this.#queue.add(() => this.#speak(phonemes, voice, request.speed, signal));
      yield { kind: 'audio-chunk', sampleRate: SAMPLE_RATE, samples };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.add(() => this.#session.release());
  }

  async #speak(phonemes: string, voice: Float32Array, speed: number, signal: AbortSignal): Promise<Float32Array> {
    // A run blocks this process: read what the server sent meanwhile, a cancel above all.
    await setImmediate();
    signal.throwIfAborted();
    if (this.#closed) throw new GatewayError('model_crashed', 'the voice model was stopped while it spoke; try again');
    const tokens = toTokens(phonemes, this.#vocabulary).slice(0, MOST_PHONEMES);
    const style = voice.slice(tokens.length * STYLE_SIZE, (tokens.length + 1) * STYLE_SIZE);
    const { audio } = await this.#session.run({
      tokens: new Tensor('int64', BigInt64Array.from([0, ...tokens, 0].map(BigInt)), [1, tokens.length + 2]),
      style: new Tensor('float32', style, [1, STYLE_SIZE]),
      speed: new Tensor('float32', Float32Array.of(speed), [1]),
    });
    if (audio === undefined) throw new Error('the voice model gave no audio; its file is not a Kokoro v1.0 export');
    const samples = (await audio.getData()) as Float32Array;
    return trimSilence(samples, SAMPLE_RATE, pauseAfter(phonemes)).slice();
  }

  #voiceNamed(name: string): Float32Array {
    const voice = this.#voices.get(name);
    if (voice !== undefined) return voice;
    const known = Array.from(this.#voices.keys()).join(', ');
    throw new GatewayError('unsupported_value', `no voice is called ${name}; this model has ${known}`, {
      param: 'voice',
    });
  }
}

/**
 * The runs of the model that a text needs; none for a text of signs alone, such as an emoji. Throws `unsupported_value` for a
 * text whose letters are all of scripts that the voice can't read.
 */
function phonemeRuns(text: string): string[] {
  const phonemes = chinesePhonemes(normaliseChinese(text));
  if (/[^;:,.!?—…"()“” ]/.test(phonemes)) return splitPhonemes(phonemes, MOST_PHONEMES);
  if (/[\p{L}\p{N}]/u.test(text)) {
    throw new GatewayError(
      'unsupported_value',
      'this voice speaks Chinese, and the text holds no word that it can read; choose another voice',
      {
        param: 'input',
      },
    );
  }
  return [];
}
