import { type EmbeddingList, EmbeddingRequest } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { EmbedInput, EmbedResult } from '../../pipeline/request.ts';
import { modelHeader, serverTiming } from '../answer-headers.ts';
import type { AppDeps } from '../app-deps.ts';
import { toDemand } from '../demand.ts';
import { readEmbeddingInput } from '../embedding-input.ts';
import type { Flights } from '../flight.ts';
import { parse } from '../parse.ts';
import { jsonOf } from '../request-body.ts';
import { answerWhenReady } from '../slow-answer.ts';

/** OpenAI takes 300,000 tokens in one request, and clients fill it; lists of numbers cost little. */
const MOST_VALUES = 350_000;

const PURPOSES = {
  query: 'query',
  search_query: 'query',
  document: 'document',
  passage: 'document',
  search_document: 'document',
} as const satisfies Record<NonNullable<EmbeddingRequest['input_type']>, EmbedInput['purpose']>;

/** Texts as vectors. */
export function mountEmbeddings(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  app.post('/v1/embeddings', { config: { jsonValues: MOST_VALUES } }, async (request, reply) => {
    const wanted = parse(EmbeddingRequest, jsonOf(request));
    const texts = await readEmbeddingInput(wanted.input);
    const asked = wanted.model ?? 'auto';
    const demand = toDemand({ ...wanted.concert, keep_alive: wanted.keep_alive });
    const flight = flights.begin(request, reply, { model: asked, stream: false, demand });
    const input: EmbedInput = {
      model: asked,
      texts,
      purpose: isSet(wanted.input_type) ? PURPOSES[wanted.input_type] : null,
      dimensions: wanted.dimensions ?? null,
    };
    const embed = async (): Promise<EmbeddingList> => {
      const startedMs = deps.clock.now();
      flight.stepStarted('embed');
      const found = await deps.embed(input, flight.signal, flight);
      const step = { step: 'embed', model: found.model, startMs: 0, durationMs: deps.clock.now() - startedMs } as const;
      flight.answeredBy(step.model);
      flight.stepEnded(step.step, step.model, step.durationMs);
      const tally = { promptTokens: found.tokens, cachedTokens: 0, completionTokens: 0, writeMs: null };
      deps.metrics.answered(step.model, tally);
      void reply.headers({ ...modelHeader(found.model), ...serverTiming([step]) });
      return listOf(found, asked, wanted.encoding_format ?? 'float');
    };
    return answerWhenReady(reply, embed(), { clock: deps.clock, log: deps.log.child({ requestId: request.id }) });
  });
}

function listOf(found: EmbedResult, model: string, format: 'float' | 'base64'): EmbeddingList {
  return {
    object: 'list',
    data: found.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: format === 'base64' ? base64Of(vector) : [...vector],
    })),
    model,
    usage: { prompt_tokens: found.tokens, total_tokens: found.tokens },
  };
}

/** The numbers' bytes, little-endian as every platform here has them. */
function base64Of(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
