import { type OcrAnswer, OcrForm, OcrRequest } from '@concert/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { checkImage } from '../../pipeline/media/check-media.ts';
import { pageText } from '../../pipeline/page-text.ts';
import type { ReadTextInput } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { modelHeader, serverTiming } from '../answer-headers.ts';
import type { AppDeps } from '../app-deps.ts';
import { readImage } from '../chat-input.ts';
import { parse } from '../parse.ts';
import { formOf, isForm, jsonOf } from '../request-body.ts';
import { signalOf } from '../signal-of.ts';

/** Text in pictures. */
export function mountOcr(app: FastifyInstance, deps: AppDeps): void {
  app.post('/v1/ocr', async (request, reply): Promise<OcrAnswer> => {
    const signal = signalOf(reply);
    const input = isForm(request) ? inputOfForm(request, deps) : await inputOfJson(request, deps, signal);
    const startedMs = deps.clock.now();
    const read = await deps.readText(input, signal);
    const step = { step: 'ocr', model: read.model, startMs: 0, durationMs: deps.clock.now() - startedMs } as const;
    void reply.headers({ ...modelHeader(read.model), ...serverTiming([step]) });
    const { width, height, rotation, lines } = read.result;
    return {
      object: 'ocr',
      model: read.model,
      text: pageText(lines),
      width,
      height,
      rotation,
      lines: lines.map(({ text, confidence, box }) => ({ text, confidence, box: box.map((point) => [...point]) })),
    };
  });
}

function inputOfForm(request: FastifyRequest, deps: AppDeps): ReadTextInput {
  const form = formOf(request);
  const { model } = parse(OcrForm, Object.fromEntries([...form.fields].map(([key, values]) => [key, values.at(-1)])));
  const param = form.files.has('image') ? 'image' : 'file';
  const [bytes] = form.files.get(param) ?? [];
  if (bytes === undefined)
    throw new GatewayError('invalid_request', 'image is missing; send the picture as a form file', { param: 'image' });
  return { model, image: checkImage(bytes, { param, maxPixels: deps.limits.imagePixels }).bytes };
}

async function inputOfJson(request: FastifyRequest, deps: AppDeps, signal: AbortSignal): Promise<ReadTextInput> {
  const { model, image } = parse(OcrRequest, jsonOf(request));
  return { model, image: (await readImage(image, 'image', { ...deps, signal })).bytes };
}
