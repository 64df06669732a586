import type { Tiktoken } from 'js-tiktoken/lite';
import { GatewayError } from '../shared/errors.ts';

/** The vocabulary's ordinary tokens, and the special ones that it names. */
const ORDINARY_TOKENS = 100_256;
const SPECIAL_TOKENS: readonly number[] = [100_257, 100_258, 100_259, 100_260, 100_276];

let vocabulary: Promise<Tiktoken> | null = null;

/**
 * The text that a client cut into tokens of `cl100k_base`, which OpenAI's embedding models use. Throws `invalid_request` naming `param` for a
 * number that is none.
 */
export async function decodeOpenAiTokens(tokens: readonly number[], param: string): Promise<string> {
  const stray = tokens.find((token) => token < 0 || (token >= ORDINARY_TOKENS && !SPECIAL_TOKENS.includes(token)));
  if (stray !== undefined) {
    throw new GatewayError(
      'invalid_request',
      `${param} holds ${stray}, which is no token of cl100k_base; send text, or tokens of that vocabulary`,
      { param },
    );
  }
  vocabulary ??= loadVocabulary();
  return (await vocabulary).decode([...tokens]);
}

/** Loaded with the first request that needs it: it takes a tenth of a second and some ten megabytes. */
async function loadVocabulary(): Promise<Tiktoken> {
  const [lite, ranks] = await Promise.all([import('js-tiktoken/lite'), import('js-tiktoken/ranks/cl100k_base')]);
  return new lite.Tiktoken(ranks.default);
}
