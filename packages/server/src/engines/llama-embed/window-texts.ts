import { GatewayError } from '../../shared/errors.ts';
import type { Window } from './embed-queue.ts';
import { planWindows } from './plan-windows.ts';

export interface WindowTextsOptions {
  /** Tokens of a text, without begin and end. */
  readonly tokenize: (text: string) => Int32Array;
  readonly begin: number;
  readonly end: number;
  readonly windowTokens: number;
  readonly overlapTokens: number;
  /** Most tokens of all texts together. */
  readonly requestTokens: number;
  /** Beginnings that each window of a text is given again. */
  readonly prefixes: readonly string[];
}

/**
 * The windows of each text: its prefix, if it begins with one, and a stretch of the rest between begin and end tokens. Throws
 * `context_length_exceeded` where all together are too long.
 */
export function windowTexts(texts: readonly string[], options: WindowTextsOptions): readonly (readonly Window[])[] {
  let tokens = 0;
  return texts.map((text) => {
    const windows = windowText(text, options);
    tokens += windows.reduce((sum, window) => sum + window.tokens.length, 0);
    if (tokens > options.requestTokens) {
      throw new GatewayError(
        'context_length_exceeded',
        `the input has more than ${options.requestTokens} tokens; send it in several requests`,
        { param: 'input' },
      );
    }
    return windows;
  });
}

function windowText(text: string, options: WindowTextsOptions): readonly Window[] {
  const { windowTokens, overlapTokens, tokenize } = options;
  const all = tokenize(text);
  if (all.length + 2 <= windowTokens) return [windowOf([all], options)];
  const prefix = options.prefixes.find((candidate) => candidate !== '' && text.startsWith(candidate)) ?? '';
  const lead = prefix === '' ? new Int32Array(0) : tokenize(prefix.trimEnd());
  const content = prefix === '' ? all : tokenize(text.slice(prefix.length));
  const size = windowTokens - lead.length - 2;
  if (size <= overlapTokens)
    throw new Error(`windowTokens is ${windowTokens}: too few for the overlap and the prefixes`);
  return planWindows(content.length, size, overlapTokens).map(([from, to]) =>
    windowOf([lead, content.subarray(from, to)], options),
  );
}

function windowOf(
  [first, second = new Int32Array(0)]: readonly [Int32Array, Int32Array?],
  { begin, end }: WindowTextsOptions,
): Window {
  const tokens = Int32Array.from([begin, ...first, ...second, end]);
  return { tokens, weight: tokens.length };
}
