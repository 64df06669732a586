import { Buffer } from 'node:buffer';
import type { TokenLogprob } from '../engine.ts';
import type { TokenChances } from './logprobs.ts';

/** What is needed of a vocabulary to name its tokens. */
export interface TokenNames {
  /** The bytes a token stands for; none for control tokens. */
  pieceOf(token: number): Uint8Array;
  /** What a token without bytes is called. */
  nameOf(token: number): string;
}

/** Puts a token's chances into words. Bytes of a piece of a character stay visible in `bytes`. */
export function tellToken(token: number, { logprob, top }: TokenChances, names: TokenNames): TokenLogprob {
  return {
    ...textOf(token, names),
    logprob,
    top: top.map((other) => ({ ...textOf(other.token, names), logprob: other.logprob })),
  };
}

function textOf(token: number, names: TokenNames): { readonly text: string; readonly bytes: Uint8Array } {
  const piece = names.pieceOf(token);
  const bytes = piece.length > 0 ? piece : Buffer.from(names.nameOf(token), 'utf8');
  // A copy: what the vocabulary keeps is not handed out, and a slice of a pool would carry all of it to the reader.
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), bytes: Uint8Array.from(bytes) };
}
