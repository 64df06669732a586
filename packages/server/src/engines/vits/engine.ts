import { z } from 'zod';
import { GatewayError } from '../../shared/errors.ts';
import type { CreateEngine, Engine, EngineOptions, TtsEvent, TtsRequest } from '../engine.ts';
import { TurnQueue } from '../turn-queue.ts';
import { createEspeakFolder, type EspeakFolder } from './espeak-folder.ts';
import { loadSherpaVits, type SherpaAudio, type SherpaTts } from './sherpa-tts.ts';
import { speakablePieces } from './speakable-pieces.ts';

const Settings = z.object({
  /** Catalogue names of the files. */
  model: z.string(),
  tokens: z.string(),
  /** Place in espeak-ng's data folder by catalogue name. */
  espeakData: z.record(z.string(), z.string()),
  /** Speaker number by voice name. */
  voices: z.record(z.string(), z.int().nonnegative()),
  noiseScale: z.number().nonnegative().default(0.667),
  noiseScaleDuration: z.number().nonnegative().default(0.8),
});
type Settings = z.infer<typeof Settings>;

const SLOWEST = 0.25;
const FASTEST = 4;

/** Speaks English with a Piper VITS voice through sherpa-onnx, one clause per run and one run at a time. */
export const createEngine: CreateEngine<'tts'> = async (options) => {
  const settings = Settings.parse(options.settings);
  const folder = await createEspeakFolder(options.files, settings.espeakData);
  try {
    const tts = await loadSherpaVits({
      model: pathOf(options, settings.model),
      tokens: pathOf(options, settings.tokens),
      espeakFolder: folder.path,
      noiseScale: settings.noiseScale,
      noiseScaleDuration: settings.noiseScaleDuration,
      threads: options.threads,
    });
    return new VitsEngine(tts, settings.voices, folder);
  } catch (error) {
    await folder.remove();
    throw error;
  }
};

function pathOf(options: EngineOptions, name: string): string {
  const path = options.files[name];
  if (path === undefined)
    throw new Error(`the catalogue entry of ${options.modelId} lists no file ${name}, which its settings name`);
  return path;
}

class VitsEngine implements Engine<'tts'> {
  readonly #tts: SherpaTts;
  readonly #voices: Settings['voices'];
  readonly #folder: EspeakFolder;
  readonly #turns = new TurnQueue();
  #closed = false;

  constructor(tts: SherpaTts, voices: Settings['voices'], folder: EspeakFolder) {
    this.#tts = tts;
    this.#voices = voices;
    this.#folder = folder;
  }

  async *run(request: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    const speaker = this.#voices[request.voice];
    if (speaker === undefined) {
      throw new GatewayError(
        'unsupported_value',
        `this model has no voice ${request.voice}; it has ${Object.keys(this.#voices).join(', ')}`,
      );
    }
    if (!(request.speed >= SLOWEST && request.speed <= FASTEST)) {
      throw new GatewayError('unsupported_value', `the speed must lie between ${SLOWEST} and ${FASTEST}`);
    }
    for (const text of speakablePieces(request.text)) {
      const { samples, sampleRate } = await this.#speak(text, { speaker, speed: request.speed }, signal);
      signal.throwIfAborted();
      if (samples.length > 0) yield { kind: 'audio-chunk', sampleRate, samples };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    // The native run cannot be stopped; freeing its data under it would end the process.
    await this.#turns.idle();
    await this.#folder.remove();
  }

  async #speak(text: string, how: { speaker: number; speed: number }, signal: AbortSignal): Promise<SherpaAudio> {
    using _turn = await this.#turns.enter(signal);
    if (this.#closed) throw new GatewayError('model_crashed', 'the model was stopped while it spoke; try again');
    await this.#folder.ensure();
    // Awaited here: the turn lasts until the native run has ended, whoever still listens.
    return await this.#tts.generateAsync({ text, sid: how.speaker, speed: how.speed, enableExternalBuffer: false });
  }
}
