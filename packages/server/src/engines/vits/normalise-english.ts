import { cardinal, digitWords, numberWords, ordinal } from './english-numbers.ts';
import { sayDates } from './english-dates.ts';
import { sayMoney } from './english-money.ts';
import { sayUnits } from './english-units.ts';

type Rule = readonly [pattern: RegExp, replacement: string | ((...groups: string[]) => string)];

/** One space, plain quotes, no invisible characters; full-width forms become ASCII. */
const CHARACTERS: readonly Rule[] = [
  [/[\u200b-\u200f]|\u2060|\ufe0f|\u00ad/g, ''],
  [/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, ' '],
  [/[‘’‛′]/g, "'"],
  [/[“”„‟″«»「」『』]/g, '"'],
  [/…/g, '... '],
  [/\s*[—―]+\s*| -{1,3} /g, ', '],
];

/** Addresses are said as people say them: without scheme and query. */
const ADDRESSES: readonly Rule[] = [
  [/\bhttps?:\/\/(?:www\.)?([^\s?#"'<>)]+)[^\s"'<>)]*/gi, (_, address = '') => sayAddress(address)],
  [/\bwww\.([\w.-]+\.[a-z]{2,})/gi, (_, address = '') => sayAddress(address)],
  [
    /(?<![\w.+-])([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63})+)/g,
    (_, user = '', host = '') => `${sayAddress(user)} at ${sayAddress(host)}`,
  ],
];

/** Titles and short forms; the stop goes, because espeak-ng pauses at it. */
const ABBREVIATIONS: readonly Rule[] = [
  [/\bDr\.(?=\s+\p{Lu})/gu, 'Doctor'],
  [/\bMr\.(?=\s)/g, 'Mister'],
  [/\bMrs\.(?=\s)/g, 'Missus'],
  [/\bMs\.(?=\s)/g, 'Miz'],
  [/\bProf\.(?=\s)/g, 'Professor'],
  [/\bGen\.(?=\s\p{Lu})/gu, 'General'],
  [/\bGov\.(?=\s\p{Lu})/gu, 'Governor'],
  [/\bSen\.(?=\s\p{Lu})/gu, 'Senator'],
  [/\bMt\.(?=\s\p{Lu})/gu, 'Mount'],
  [/\bFt\.(?=\s\p{Lu})/gu, 'Fort'],
  [/(?<=\p{Lu}[\p{Ll}]+ |\d(?:st|nd|rd|th) )St\.?(?![\p{L}])/gu, 'Street'],
  [/\bSt\.(?=\s\p{Lu})/gu, 'Saint'],
  [/\bAve\.?(?=[\s,]|$)/g, 'Avenue'],
  [/\bBlvd\.?(?=[\s,]|$)/g, 'Boulevard'],
  [/\bRd\.(?=[\s,]|$)/g, 'Road'],
  [/\b[Ee]\.g\.,?/g, 'for example,'],
  [/\b[Ii]\.e\.,?/g, 'that is,'],
  [/\ba\.k\.a\.?/gi, 'also known as'],
  [/\betc\.(?=\s+\p{Ll})/gu, 'et cetera'],
  [/\bvs\.?(?=\s)/g, 'versus'],
  [/\bapprox\.(?=\s)/gi, 'approximately'],
  [/\bdept\.(?=\s)/gi, 'department'],
  [/\best\.(?=\s\d)/gi, 'established'],
  [/\b[Ff]ig\.(?=\s?\d)/g, 'figure'],
  [/\b[Pp]p\.(?=\s?\d)/g, 'pages'],
  [/\b[Nn]o\.(?=\s?\d)/g, 'number'],
  [/\b[Vv]ol\.(?=\s?\d)/g, 'volume'],
  [/\bInc\.(?=\s)/g, 'Incorporated'],
  [/\bJr\.?(?=[\s,]|$)/g, 'Junior'],
  [/\bSr\.(?=[\s,]|$)/g, 'Senior'],
  [/\bPh\.?D\b\.?/g, 'P H D'],
  [/\bw\/o\b/g, 'without'],
  [/\bw\/(?=\s)/g, 'with'],
  // U.S. and the like: letters without stops; the last stop stays when the text ends there.
  [/\b(\p{Lu})\.(\p{Lu})\.(?:(\p{Lu})\.)?(?=\s+\S)/gu, (_, a = '', b = '', c) => [a, b, c ?? ''].join(' ').trim()],
];

/** Words that espeak-ng spells or reads the wrong way. */
const WORDS: Readonly<Record<string, string>> = {
  RAM: 'ram',
  LED: 'L E D',
  'C#': 'C sharp',
  'F#': 'F sharp',
};

/** Numbers that are not plain amounts. */
const NUMBERS: readonly Rule[] = [
  [
    /(?<![\d-])(?:\+?1[ -.])?\(?(\d{3})\)?[ .-](\d{3})[.-](\d{4})\b/g,
    (_, a = '', b = '', c = '') => [a, b, c].map(digitWords).join(', '),
  ],
  [/(?<![\d.-])(\d{3})-(\d{4})\b/g, (_, a = '', b = '') => `${digitWords(a)}, ${digitWords(b)}`],
  // espeak-ng goes on to quadrillions and beyond; nobody does.
  [/\d{16,}/g, (digits = '') => digitWords(digits)],
  [/\b24\/7\b/g, 'twenty-four seven'],
  [
    /(?:\b(\d+)[ -])?(?<![\d/.])\b(\d{1,2})[/⁄](\d{1,3})\b(?!\/)/g,
    (all, whole, top = '', bottom = '') => sayFraction(all, whole, +top, +bottom),
  ],
  [/(?<![\w.-])(\d{1,4}(?:\.\d+)?)[-–](\d{1,4}(?:\.\d+)?)(?![\w-])/g, (_, low = '', high = '') => `${low} to ${high}`],
  [/(?<=\d)[–](?=\d)/g, ' to '],
  [/#(?=\d)/g, 'number '],
  [/[~≈]\s?(?=\d)/g, 'about '],
  [/(?<=\d)\s?[x×*]\s?(?=\d)/g, ' times '],
  [/(?<=\w)\s?\^\s?(?=\w)/g, ' to the power of '],
  [/(?<=[\w)]) <= (?=[\w(-])|\s?≤\s?/g, ' is at most '],
  [/(?<=[\w)]) >= (?=[\w(-])|\s?≥\s?/g, ' is at least '],
  [/(?<=[\w)]) < (?=[\w(-])/g, ' is less than '],
  [/(?<=[\w)]) > (?=[\w(-])/g, ' is greater than '],
  [/(?<=\w)²/g, ' squared'],
  [/(?<=\w)³/g, ' cubed'],
  [/(?<=\p{L})\/(?=\p{L})/gu, ' '],
  [/\s*(?:→|⇒|->|=>)\s*/g, ', '],
  // A number before a word in capitals or with leading zeros would else be said as one amount.
  [/(?<![\w.,])(0\d+)(?![\w.,]\d)/g, (_, digits = '') => numberWords(digits)],
];

const REGNAL =
  /\b(Henry|Louis|Elizabeth|Charles|George|James|William|Edward|Richard|John|Paul|Pius|Philip|Napoleon|Francis|Frederick|Peter|Nicholas|Ivan|Benedict|Leo|Alexander|Catherine|Mary) ([IVX]+)\b/g;
const NUMBERED =
  /\b(Chapter|Part|Volume|Act|Scene|Section|Book|Phase|Type|Appendix|War|Class|Stage|Level|Article|Title) ([IVXL]+)\b/g;
const OTHER_ROMAN = /(?<=\p{Lu}[\p{L}]+ )(II|III|IV|VI|VII|VIII|IX|XI|XII|XIII|XIV|XV|XVI)\b/gu;

function sayAddress(address: string): string {
  return address
    .replace(/[/.,;:!]+$/, '')
    .replaceAll('.', ' dot ')
    .replaceAll('/', ' slash ')
    .replaceAll(/[-_+]/g, ' ');
}

function sayFraction(all: string, whole: string | undefined, top: number, bottom: number): string {
  if (top === 0 || bottom < 2 || bottom > 100 || top >= bottom) return all.replace(/[/⁄]/, ' over ');
  const parts = bottom === 2 ? 'half' : bottom === 4 ? 'quarter' : ordinal(bottom);
  if (whole === undefined) return `${cardinal(top)} ${parts}${top === 1 ? '' : 's'}`;
  return `${numberWords(whole)} and ${top === 1 ? (bottom === 8 ? 'an' : 'a') : cardinal(top)} ${parts}${top === 1 ? '' : 's'}`;
}

function romanValue(roman: string): number {
  const values: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50 };
  const digits = Array.from(roman, (letter) => values[letter] ?? 0);
  return digits.reduce((sum, digit, at) => sum + (digit < (digits[at + 1] ?? 0) ? -digit : digit), 0);
}

function apply(text: string, rules: readonly Rule[]): string {
  return rules.reduce((result, [pattern, replacement]) => {
    return typeof replacement === 'string'
      ? result.replaceAll(pattern, replacement)
      : result.replaceAll(pattern, replacement);
  }, text);
}

/**
 * Writes out what espeak-ng reads wrongly in American English: money, years, dates, times, units, fractions, ranges, phone
 * numbers, addresses, titles, Roman numerals. Plain numbers, percentages and most acronyms it reads well, and they stay.
 */
export function normaliseEnglish(text: string): string {
  let result = apply(
    text.normalize('NFC').replaceAll(/[！-～]/g, (wide) => wide.normalize('NFKC')),
    CHARACTERS,
  );
  result = result.replaceAll(/[¼½¾⅓⅔⅛]/g, (one) => ` ${one.normalize('NFKC')}`);
  result = apply(result, ADDRESSES);
  result = apply(result, ABBREVIATIONS);
  result = sayMoney(sayDates(result));
  result = sayUnits(result.replaceAll(/°\s+(?=[CF]\b)/g, '°').replaceAll(/(?<=\d)\s+(?=°)/g, ''));
  result = apply(result, NUMBERS);
  result = result
    .replaceAll(REGNAL, (_, name: string, roman: string) => `${name} the ${ordinal(romanValue(roman))}`)
    .replaceAll(NUMBERED, (_, name: string, roman: string) => `${name} ${cardinal(romanValue(roman))}`)
    .replaceAll(OTHER_ROMAN, (roman) => cardinal(romanValue(roman)))
    .replaceAll(/(?<![\w])(?:RAM|LED|[CF]#)(?!\w)/g, (word) => WORDS[word] ?? word);
  return result.replaceAll(/\s+/g, ' ').trim();
}
