import type { AsrEvent, AsrRequest, OcrEvent } from '../engines/engine.ts';
import type { LeaseModels } from '../models/model-manager.ts';

/** Writes down a recording with one model, pinned while the events are read. */
export async function* listen(
  deps: { readonly models: LeaseModels },
  request: AsrRequest & { readonly model: string },
  signal: AbortSignal,
): AsyncGenerator<AsrEvent> {
  using lease = await deps.models.acquire(request.model, 'asr', signal);
  const { audio, language, mode, words = false } = request;
  yield* lease.engine.run({ audio, language, mode, ...(words && { words }) }, signal);
}

/** Reads the text of one picture. */
export async function readPicture(
  deps: { readonly models: LeaseModels },
  request: { readonly model: string; readonly image: Uint8Array },
  signal: AbortSignal,
): Promise<OcrEvent> {
  using lease = await deps.models.acquire(request.model, 'ocr', signal);
  for await (const event of lease.engine.run({ image: request.image }, signal)) return event;
  throw new Error(`the model ${request.model} gave no result`);
}
