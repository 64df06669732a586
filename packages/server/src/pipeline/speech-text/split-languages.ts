/** A part of a clause that one voice speaks. */
export interface LanguageRun {
  readonly language: 'zh' | 'en';
  readonly text: string;
}

type Token = { readonly kind: 'zh' | 'word' | 'short' | 'unit' | 'number' | 'mark' | 'opener'; readonly text: string };

const WIDE = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}々〇ー`;
const LETTER = String.raw`(?![${WIDE}])[\p{L}\p{M}\p{N}]`;
const TOKENS = new RegExp(
  [
    `(?<zh>[${WIDE}]+)`,
    String.raw`(?<number>[$€£¥￥]?\d+(?:[.,:/-]\d+)*(?:%|％|℃|°C?)?)`,
    String.raw`(?<word>(?![${WIDE}])\p{L}(?:${LETTER})*(?:(?:['’&+_@/-]|\.)(?:${LETTER})+)*)`,
    '(?<opener>[([{（【「『《〈“‘])',
    '(?<mark>[^])',
  ].join('|'),
  'gu',
);
/** Acronyms, model names and single letters, as Chinese speakers say them inside a Chinese sentence: AI, OCR, GPT-4, A. */
const SHORT = /^(?:\p{Lu}{1,5}\d{0,4}|\p{L})(?:-(?:\d{1,4}(?:\.\d+)?[a-z]?|\p{Lu}))?$/u;
const UNIT =
  /^(?:[kcmµn]?m|[kmµ]?g|[mk]?[lL]|[KMGT]i?B|[KMGT]?bps|[kMG]?Hz|[km]?W|kWh|mAh|[mnµ]?s|min|km\/h|m\/s|V|kV|mph|ppm|dB|px|fps)$/;

/**
 * Parts a clause by language, losing nothing: joined, the runs are the clause. Acronyms, single letters and units stay with
 * Chinese around them; numbers and punctuation go with their neighbours; Japanese goes with Chinese, whose characters it
 * shares, and every other script with English. A text without Chinese is one English run.
 */
export function splitLanguages(clause: string): LanguageRun[] {
  const tokens = tokenise(clause);
  if (!tokens.some((token) => token.kind === 'zh')) return clause === '' ? [] : [{ language: 'en', text: clause }];
  const languages = languagesOf(tokens);
  const runs: { language: 'zh' | 'en'; text: string }[] = [];
  tokens.forEach((token, at) => {
    const language = languages[at] ?? 'zh';
    const last = runs.at(-1);
    if (last?.language === language) last.text += token.text;
    else runs.push({ language, text: token.text });
  });
  return runs;
}

function tokenise(clause: string): Token[] {
  let afterNumber = false;
  return [...clause.matchAll(TOKENS)].map((match) => {
    const text = match[0];
    const { zh, number, word, opener } = match.groups ?? {};
    const isUnit = word !== undefined && afterNumber && UNIT.test(word);
    if (number !== undefined) afterNumber = true;
    else if (!/^\s$/.test(text)) afterNumber = false;
    if (zh !== undefined) return { kind: 'zh', text };
    if (number !== undefined) return { kind: 'number', text };
    if (opener !== undefined) return { kind: 'opener', text };
    if (word === undefined) return { kind: 'mark', text };
    return { kind: isUnit ? 'unit' : SHORT.test(word) ? 'short' : 'word', text };
  });
}

function languagesOf(tokens: readonly Token[]): ('zh' | 'en')[] {
  const languages: ('zh' | 'en' | null)[] = tokens.map((token) =>
    token.kind === 'zh' ? 'zh' : token.kind === 'word' ? 'en' : null,
  );
  // A short form belongs to an English phrase when a real word stands beside it, with no more than a space or number between.
  tokens.forEach((token, at) => {
    if (token.kind !== 'short') return;
    languages[at] = besideEnglish(tokens, languages, at, -1) || besideEnglish(tokens, languages, at, 1) ? 'en' : 'zh';
  });
  // A number goes with an English word right after it ("3 apples"), else with what stands before, as does its unit.
  tokens.forEach((token, at) => {
    if (token.kind === 'number') languages[at] = besideEnglish(tokens, languages, at, 1) ? 'en' : before(languages, at);
    if (token.kind === 'unit') languages[at] = before(languages, at);
  });
  for (let at = tokens.length - 1; at >= 0; at -= 1) {
    if (tokens[at]?.kind === 'opener') languages[at] = languages[at + 1] ?? null;
  }
  return fill(languages);
}

function besideEnglish(
  tokens: readonly Token[],
  languages: readonly ('zh' | 'en' | null)[],
  from: number,
  step: 1 | -1,
): boolean {
  for (let at = from + step; at >= 0 && at < tokens.length; at += step) {
    const token = tokens[at];
    if (token?.kind === 'zh') return false;
    if (token?.kind === 'word') return true;
    if (token?.kind === 'short' && languages[at] === 'en') return true;
    const passes = token?.kind === 'short' || token?.kind === 'number' || /^[\s,.&]$/.test(token?.text ?? '');
    if (!passes) return false;
  }
  return false;
}

function before(languages: readonly ('zh' | 'en' | null)[], at: number): 'zh' | 'en' | null {
  return languages.slice(0, at).findLast((language) => language !== null) ?? null;
}

/** What is still open goes with what stands before it, at the beginning with what comes after. */
function fill(languages: readonly ('zh' | 'en' | null)[]): ('zh' | 'en')[] {
  let last = languages.find((language) => language !== null) ?? 'zh';
  return languages.map((language) => {
    last = language ?? last;
    return last;
  });
}
