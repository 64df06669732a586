import { type OcrAnswer, OcrForm, OcrRequest } from '@concert/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkImage } from '../../pipeline/media/check-media.ts';
import { pageText } from '../../pipeline/page-text.ts';
import { GatewayError } from '../../shared/errors.ts';
import { modelHeader, serverTiming } from '../answer-headers.ts';
import type { AppDeps } from '../app-deps.ts';
import { type Demand, toDemand } from '../demand.ts';
import type { Flights } from '../flight.ts';
import { parse } from '../parse.ts';
import { readImage } from '../read-part.ts';
import { formOf, isForm, jsonOf } from '../request-body.ts';
import { answerWhenReady } from '../slow-answer.ts';

/** Text in pictures. */
export function mountOcr(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  app.post('/v1/ocr', (request, reply): Promise<OcrAnswer | FastifyReply> => {
    const wanted = isForm(request) ? wantedByForm(request, deps) : wantedByJson(request, deps);
    const { model, demand } = wanted;
    const flight = flights.begin(request, reply, { model, stream: false, demand });
    const { signal } = flight;
    const read = async (): Promise<OcrAnswer> => {
      const startedMs = deps.clock.now();
      flight.stepStarted('ocr');
      const found = await deps.readText({ model, image: await wanted.image(signal) }, signal, flight);
      const step = { step: 'ocr', model: found.model, startMs: 0, durationMs: deps.clock.now() - startedMs } as const;
      flight.answeredBy(step.model);
      flight.stepEnded(step.step, step.model, step.durationMs);
      void reply.headers({ ...modelHeader(found.model), ...serverTiming([step]) });
      const { width, height, rotation, lines } = found.result;
      return {
        object: 'ocr',
        model: found.model,
        text: pageText(lines),
        width,
        height,
        rotation,
        lines: lines.map(({ text, confidence, box }) => ({ text, confidence, box: box.map((point) => [...point]) })),
      };
    };
    return answerWhenReady(reply, read(), { clock: deps.clock, log: deps.log.child({ requestId: request.id }) });
  });
}

interface WantedPage {
  readonly model: string;
  readonly demand: Demand;
  readonly image: (signal: AbortSignal) => Uint8Array | Promise<Uint8Array>;
}

function wantedByForm(request: FastifyRequest, deps: AppDeps): WantedPage {
  const form = formOf(request);
  const fields = parse(OcrForm, Object.fromEntries([...form.fields].map(([key, values]) => [key, values.at(-1)])));
  const param = form.files.has('image') ? 'image' : 'file';
  const [bytes] = form.files.get(param) ?? [];
  if (bytes === undefined)
    throw new GatewayError('invalid_request', 'image is missing; send the picture as a form file', { param: 'image' });
  return {
    model: fields.model,
    demand: toDemand({ ...fields, priority: fields['concert[priority]'], session: fields['concert[session]'] }),
    image: () => checkImage(bytes, { param, maxPixels: deps.limits.imagePixels }).bytes,
  };
}

function wantedByJson(request: FastifyRequest, deps: AppDeps): WantedPage {
  const { model, image, concert, keep_alive } = parse(OcrRequest, jsonOf(request));
  return {
    model,
    demand: toDemand({ ...concert, keep_alive }),
    image: async (signal) => (await readImage(image, 'image', { ...deps, signal })).bytes,
  };
}
