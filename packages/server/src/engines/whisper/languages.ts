/** The 99 languages of Whisper's multilingual models, in the order of their tokens. */
const WHISPER_LANGUAGES: ReadonlySet<string> = new Set(
  (
    'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml ' +
    'cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am ' +
    'yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su'
  ).split(' '),
);

/** Codes for which Whisper has a name of its own. */
const WHISPER_NAMES: Readonly<Record<string, string>> = { jv: 'jw', nb: 'no', iw: 'he', in: 'id', ji: 'yi', fil: 'tl' };

/** A text that begins in a script which puts no spaces between words. */
const UNSPACED =
  /^\P{L}*[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;

/** Whisper's code for a language given as ISO 639-1, with or without a region (`zh-CN`); null where Whisper does not know it. */
export function toWhisperLanguage(code: string, extra: readonly string[] = []): string | null {
  const base = code.trim().toLowerCase().split(/[-_]/)[0] ?? '';
  const language = WHISPER_NAMES[base] ?? base;
  return WHISPER_LANGUAGES.has(language) || extra.includes(language) ? language : null;
}

/** ISO 639-1 code of one of Whisper's languages. */
export function fromWhisperLanguage(language: string): string {
  return language === 'jw' ? 'jv' : language;
}

/** The text with a space before it where its script separates words, so that segments can simply be joined. */
export function withLeadingSpace(text: string): string {
  return UNSPACED.test(text) ? text : ` ${text}`;
}
