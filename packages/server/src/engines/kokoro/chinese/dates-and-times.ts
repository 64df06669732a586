import { readAmount, readCardinal, readDigits } from './chinese-numbers.ts';
import type { RewriteRule } from './rewrite-rule.ts';

const plain = (digits: string): string => readCardinal(String(Number(digits)));

/** 14:05:09 → 十四点零五分九秒; a whole hour is said without minutes. */
function readTime(hour: string, minute: string, second: string | undefined): string {
  const hours = `${readAmount(String(Number(hour)))}点`;
  const minutes =
    Number(minute) === 0 && second === undefined ? '' : `${Number(minute) < 10 ? '零' : ''}${plain(minute)}分`;
  return `${hours}${minutes.replace('零零', '零')}${second === undefined ? '' : `${plain(second)}秒`}`;
}

const readDate = (_: string, year: string, month: string, day: string): string =>
  `${readDigits(year)}年${plain(month)}月${plain(day)}日`;

/** Dates and times of day: years digit by digit, months, days, hours and minutes as numbers. */
export const DATE_AND_TIME_RULES: readonly RewriteRule[] = [
  // 2026-11-22, 2026/11/22, 2026.11.22, with an ISO 8601 T before a time.
  {
    find: /(?<![\d.])([12]\d{3})([-/.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?![\d.]\d|\d)(?:[日号]|T(?=\d))?/gu,
    say: (match, year, _separator, month, day) => readDate(match, year ?? '', month ?? '', day ?? ''),
  },
  // 2024-2026年
  {
    find: /(?<!\d)([12]\d{3})年?\s*[-~–—至到]\s*([12]\d{3})(?=年)/gu,
    say: (_, from, to) => `${readDigits(from ?? '')}到${readDigits(to ?? '')}`,
  },
  // A year; but 2000年前 and 3000年历史 are spans of time.
  {
    find: /(?<![\d.])(?!\d000年(?:前|来|间|的?历史))([12]\d{3})(?=\s*(?:年|財年|财年|学年))/gu,
    say: (_, year) => readDigits(year ?? ''),
  },
  { find: /(?<![\d.])((?:1[89]|20)\d0)s(?![A-Za-z])/gu, say: (_, decade) => `${readDigits(decade ?? '')}年代` },
  { find: /(?<!\d)(\d{2})(?=年\d{1,2}月)/gu, say: (_, year) => readDigits(year ?? '') },
  // 2026-11
  {
    find: /(?<![\d.-])((?:19|20)\d{2})([-/])(0[1-9]|1[0-2])(?![\d.\-/])月?/gu,
    say: (_, year, _separator, month) => `${readDigits(year ?? '')}年${plain(month ?? '')}月`,
  },
  { find: /(?<!\d)([0-9][05])(?=后(?![退来面续台悔果]))/gu, say: (_, decade) => readDigits(decade ?? '') },
  { find: /(?<![\d.])0([1-9])(?=[月日号])/gu, say: (_, number) => number ?? '' },
  // Nobody says the time of day in one breath with the date.
  { find: /(?<=[日号])[ T]*(?=\d{1,2}:[0-5]\d)/gu, say: () => ', ' },
  { find: /(\d{1,2}:[0-5]\d)\s*[-~–—]\s*(?=\d{1,2}:[0-5]\d)/gu, say: (_, from) => `${from}到` },
  {
    find: /(?<![\d:.]|比分\D{0,3}|比例\D{0,3})([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?![\d:])/gu,
    say: (_, hour, minute, second) => readTime(hour ?? '', minute ?? '', second),
  },
];
