import { z } from 'zod';
import type { LeaseModels } from '../models/model-manager.ts';
import { GatewayError } from '../shared/errors.ts';
import type { EmbedInput, EmbedResult } from './request.ts';

/** What a model's settings say of how it wants its texts; other settings are its engine's. */
const Traits = z.object({
  queryPrefix: z.string().default(''),
  documentPrefix: z.string().default(''),
  dimensions: z.int().nullable().default(null),
});

/** The model that is to embed: its id, and its settings as configured. */
export interface EmbeddingModel {
  readonly id: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Turns texts into vectors with one model, pinned meanwhile. Each text gets the prefix that the model's card wants, unless the caller wrote it.
 * Throws `unsupported_value` for more dimensions than the model has.
 */
export async function embed(
  deps: { readonly models: LeaseModels },
  model: EmbeddingModel,
  input: EmbedInput,
  signal: AbortSignal,
): Promise<EmbedResult> {
  const traits = Traits.parse(model.settings);
  if (traits.dimensions !== null) refuseMore(input.dimensions, traits.dimensions);
  const { queryPrefix, documentPrefix } = traits;
  const prefix = input.purpose === 'document' ? documentPrefix : queryPrefix;
  const own = [queryPrefix, documentPrefix].filter((candidate) => candidate !== '');
  const texts = input.texts.map((text) =>
    own.some((candidate) => text.startsWith(candidate)) ? text : `${prefix}${text}`,
  );
  using lease = await deps.models.acquire(model.id, 'embed', signal);
  const vectors: Float32Array[] = [];
  let tokens = 0;
  for await (const event of lease.engine.run({ texts }, signal)) {
    tokens += event.tokens;
    refuseMore(input.dimensions, event.vector.length);
    vectors.push(input.dimensions === null ? event.vector : shortened(event.vector, input.dimensions));
  }
  if (vectors.length !== texts.length)
    throw new Error(`the model ${model.id} gave ${vectors.length} vectors for ${texts.length} texts`);
  return { model: model.id, vectors, tokens };
}

function refuseMore(asked: number | null, most: number): void {
  if (asked === null || asked <= most) return;
  throw new GatewayError('unsupported_value', `dimensions must be at most ${most}, which is what this model gives`, {
    param: 'dimensions',
  });
}

/** The first numbers, as a vector of length 1. */
function shortened(vector: Float32Array, dimensions: number): Float32Array {
  const first = vector.slice(0, dimensions);
  const length = Math.hypot(...first);
  return length > 0 ? first.map((value) => value / length) : first;
}
