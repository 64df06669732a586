import { z } from 'zod';
import type { TokenLogprob } from '../engine.ts';

const Chance = z.object({
  token: z.string(),
  logprob: z.number().nullish(),
  bytes: z.array(z.number()).nullish(),
});

/** What is read of `logprobs`: the form of chats, and that of completions. */
export const WireLogprobs = z.object({
  content: z.array(Chance.extend({ top_logprobs: z.array(Chance).nullish() })).nullish(),
  tokens: z.array(z.string()).nullish(),
  token_logprobs: z.array(z.number().nullable()).nullish(),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});

/** For a token that is next to impossible; some engines have no number for it. */
const LEAST_LOGPROB = -9999;

/** The tokens of a piece of an answer, each with at most so many alternatives. */
export function readLogprobs(logprobs: z.infer<typeof WireLogprobs> | null | undefined, most: number): TokenLogprob[] {
  if (logprobs === null || logprobs === undefined) return [];
  if (logprobs.content !== null && logprobs.content !== undefined) {
    return logprobs.content.map(({ top_logprobs: top, ...token }) => ({
      ...chanceOf(token),
      top: (top ?? []).slice(0, most).map(chanceOf),
    }));
  }
  return (logprobs.tokens ?? []).map((token, at) => ({
    ...chanceOf({ token, logprob: logprobs.token_logprobs?.[at] }),
    top: Object.entries(logprobs.top_logprobs?.[at] ?? {})
      .map(([text, logprob]) => chanceOf({ token: text, logprob }))
      .sort((a, b) => b.logprob - a.logprob)
      .slice(0, most),
  }));
}

function chanceOf({ token, logprob, bytes }: z.infer<typeof Chance>): Omit<TokenLogprob, 'top'> {
  return {
    text: token,
    bytes: bytes === null || bytes === undefined ? Buffer.from(token) : Uint8Array.from(bytes),
    logprob: logprob ?? LEAST_LOGPROB,
  };
}
