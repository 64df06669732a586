import { setImmediate } from 'node:timers/promises';
import { GatewayError } from '../../shared/errors.ts';
import type { Engine, TtsEvent, TtsRequest } from '../engine.ts';
import { TurnQueue } from '../turn-queue.ts';
import { chinesePhonemes } from './chinese/chinese-phonemes.ts';
import { normaliseChinese } from './chinese/normalise-chinese.ts';
import { splitPhonemes } from './split-phonemes.ts';
import { pauseAfter, trimSilence } from './trim-silence.ts';
import { MOST_PHONEMES, toTokens } from './vocabulary.ts';
import { STYLE_SIZE } from './voices.ts';

const SAMPLE_RATE = 24_000;
/** What is heard of a text that has no words. */
const MOMENT_SECONDS = 0.1;

/** One run of the model. */
export interface Utterance {
  /** Without the zeros at both ends; at most 509. */
  readonly tokens: readonly number[];
  readonly style: Float32Array<ArrayBuffer>;
  readonly speed: number;
}

/** The model itself. */
export interface Synthesiser {
  /** Mono samples at 24 kHz, from -1 to 1. May block the process. */
  synthesise(utterance: Utterance): Promise<Float32Array>;
  release(): Promise<void>;
}

interface Dependencies {
  readonly synthesiser: Synthesiser;
  /** As `readVoices` gives them. */
  readonly voices: ReadonlyMap<string, Float32Array>;
  readonly vocabulary: ReadonlyMap<string, number>;
}

/** Speaks Chinese text: front end, runs of bounded length in order of arrival, short silence at the ends. */
export class SpeechEngine implements Engine<'tts'> {
  readonly #deps: Dependencies;
  readonly #turns = new TurnQueue();
  #closed = false;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async *run(request: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    signal.throwIfAborted();
    const voice = this.#voiceNamed(request.voice);
    const runs = phonemeRuns(request.text);
    if (runs.length === 0) yield chunk(new Float32Array(SAMPLE_RATE * MOMENT_SECONDS));
    for (const phonemes of runs) {
      yield chunk(await this.#speak(phonemes, voice, request.speed, signal));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.idle();
    await this.#deps.synthesiser.release();
  }

  async #speak(phonemes: string, voice: Float32Array, speed: number, signal: AbortSignal): Promise<Float32Array> {
    using _turn = await this.#turns.enter(signal);
    // A run blocks this process: read what the server sent meanwhile, a cancel above all.
    await setImmediate();
    signal.throwIfAborted();
    if (this.#closed) throw new GatewayError('model_crashed', 'the voice model was stopped while it spoke; try again');
    const tokens = toTokens(phonemes, this.#deps.vocabulary);
    const style = Float32Array.from(voice.subarray(tokens.length * STYLE_SIZE, (tokens.length + 1) * STYLE_SIZE));
    const samples = await this.#deps.synthesiser.synthesise({ tokens, style, speed });
    return trimSilence(samples, SAMPLE_RATE, pauseAfter(phonemes)).slice();
  }

  #voiceNamed(name: string): Float32Array {
    const voice = this.#deps.voices.get(name);
    if (voice !== undefined) return voice;
    const known = Array.from(this.#deps.voices.keys()).join(', ');
    throw new GatewayError('unsupported_value', `no voice is called ${name}; this model has ${known}`, {
      param: 'voice',
    });
  }
}

const chunk = (samples: Float32Array): TtsEvent => ({ kind: 'audio-chunk', sampleRate: SAMPLE_RATE, samples });

/**
 * The runs of the model that a text needs; none for a text of signs alone, such as an emoji. Throws `unsupported_value` for a
 * text whose letters are all of scripts that the voice can't read.
 */
function phonemeRuns(text: string): string[] {
  const phonemes = chinesePhonemes(normaliseChinese(text));
  if (/[^;:,.!?—…"()“” ]/.test(phonemes)) return splitPhonemes(phonemes, MOST_PHONEMES);
  if (!/[\p{L}\p{N}]/u.test(text)) return [];
  const message = 'this voice speaks Chinese, and the text holds no word that it can read; choose another voice';
  throw new GatewayError('unsupported_value', message, { param: 'input' });
}
