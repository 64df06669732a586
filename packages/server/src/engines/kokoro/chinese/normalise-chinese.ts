import { CODE_RULES } from './codes.ts';
import { DATE_AND_TIME_RULES } from './dates-and-times.ts';
import { QUANTITY_RULES } from './quantities.ts';
import { type RewriteRule, rewrite } from './rewrite-rule.ts';
import { ADDRESS_RULES, SYMBOL_RULES } from './symbols.ts';
import { toSimplified } from './to-simplified.ts';

const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}/gu;
/** Variation selectors, joiners and keycaps, which are part of an emoji or of a character. */
const INVISIBLE = /\uFE0E|\uFE0F|\u200B|\u200C|\u200D|\u20E3|\uFEFF/gu;

const PUNCTUATION_RULES: readonly RewriteRule[] = [
  { find: /\.{2,}|。{2,}|…+/gu, say: () => '… ' },
  { find: /[—–―─]+/gu, say: () => '—' },
  { find: /[、,]\s*/gu, say: () => ', ' },
  { find: /[。.]\s*(?!\d)/gu, say: () => '. ' },
  { find: /!+\s*/gu, say: () => '! ' },
  { find: /\?[?!]*\s*/gu, say: () => '? ' },
  { find: /:\s*/gu, say: () => ': ' },
  { find: /;\s*/gu, say: () => '; ' },
  { find: /[«《〈「『【〔[{]/gu, say: () => ' “' },
  { find: /[»》〉」』】〕\]}]/gu, say: () => '” ' },
  { find: /\(\s*/gu, say: () => ' (' },
  { find: /\s*\)/gu, say: () => ') ' },
];

/**
 * Writes Chinese text the way it is said: traditional characters simplified, numbers, dates, times,
 * money, units and signs as hanzi, emoji dropped, punctuation as
 * the plain marks that the model knows. Latin letters stay for the next step. An ASCII quotation mark stays as it is.
 */
export function normaliseChinese(text: string): string {
  const bare = text
    .replace(INVISIBLE, '')
    .replace(EMOJI, ' ')
    // NFKC would run these into the digits before them: 10² is not 102. That of m² belongs to the unit's name.
    .replace(/(?<!m)[⁰¹²³⁴-⁹]+/gu, (power) => `^${power}`)
    .replace(/(?<=\d)(?=[¼-¾⅐-⅞])/gu, '又');
  const plain = toSimplified(bare)
    .normalize('NFKC')
    .replace(/[〇]/gu, '零')
    .replace(/[〜∼~]/gu, '~')
    .replace(/[−]/gu, '-')
    .replace(/⁄/gu, '/')
    .replace(/µ/gu, 'μ')
    .replace(/\s*\n+\s*/gu, '。');
  const said = [ADDRESS_RULES, DATE_AND_TIME_RULES, CODE_RULES, QUANTITY_RULES, SYMBOL_RULES, PUNCTUATION_RULES].reduce(
    rewrite,
    plain,
  );
  return said
    .replace(/\s+([,.!?;:”)])/gu, '$1')
    .replace(/([,.;:])(?:\s*[,.;:])+/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
}
