import sharp from 'sharp';
import { GatewayError } from '../../shared/errors.ts';
import type { CreateEngine, Engine, OcrEvent, OcrRequest } from '../engine.ts';
import { decodeImage } from './decode-image.ts';
import { type OcrModels, loadModels } from './models.ts';
import { readPage } from './read-page.ts';
import { type PaddleOcrSettings, parseSettings } from './settings.ts';
import { TurnQueue } from '../turn-queue.ts';

/**
 * Loads a PP-OCR model for the CPU (settings: `PaddleOcrSettings`). Pictures are read one at a time, in the order in
 * which they came; a request aborted before its turn is never begun, and a running one stops before its next line.
 */
export const createEngine: CreateEngine<'ocr'> = async (options) => {
  const settings = parseSettings(options.settings);
  sharp.cache(false);
  sharp.concurrency(options.threads);
  return new PaddleOcrEngine(await loadModels(options), settings);
};

class PaddleOcrEngine implements Engine<'ocr'> {
  readonly #models: OcrModels;
  readonly #settings: PaddleOcrSettings;
  readonly #turns = new TurnQueue();
  readonly #closed = new AbortController();

  constructor(models: OcrModels, settings: PaddleOcrSettings) {
    this.#models = models;
    this.#settings = settings;
  }

  async *run(request: OcrRequest, signal: AbortSignal): AsyncGenerator<OcrEvent> {
    const either = AbortSignal.any([signal, this.#closed.signal]);
    using _turn = await this.#turns.enter(either);
    const picture = await decodeImage(request.image, this.#settings);
    either.throwIfAborted();
    yield await readPage(picture, this.#models, this.#settings, either);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(new GatewayError('model_crashed', 'the OCR model was stopped while it read; try again'));
    using _turn = await this.#turns.enter(new AbortController().signal);
    await this.#models.release();
  }
}
