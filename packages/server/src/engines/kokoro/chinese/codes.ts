import { readCardinal, readDigits } from './chinese-numbers.ts';
import type { RewriteRule } from './rewrite-rule.ts';

/** Words after which digits name something and are read one by one. */
const NAMES =
  '电话|手机|拨打|致电|热线|客服|号码|编号|订单号|单号|工号|学号|卡号|账号|帐号|身份证号?|验证码|密码|邮编|尾号|代码|分机|QQ|微信号';

const dotted =
  (read: (digits: string) => string) =>
  (match: string): string =>
    match.split('.').map(read).join('点');

/** Numbers that name and do not count: telephone numbers, ids, versions, addresses, digits inside model names. */
export const CODE_RULES: readonly RewriteRule[] = [
  // 010-88886666, 400-820-8820, 138-1234-5678, +86 138…
  {
    find: /(?<![\d.A-Za-z-])(?:\+?86[- ]?)?(?:0\d{2,3}[- ]\d{7,8}|[48]00[- ]?\d{3}[- ]?\d{4}|1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![\d.-])/gu,
    say: (match) => readDigits(match.replace('+', '加').replace(/[- ]/g, ' '), true),
  },
  {
    find: new RegExp(`(${NAMES})((?:号?码?(?:是|为)?|打|[::\\s])*)(\\d{3,})(?![\\d.])`, 'gu'),
    say: (_, name, between, digits) => `${name}${between}${readDigits(digits ?? '', true)}`,
  },
  // Well-known short numbers, where nothing is counted.
  {
    find: /(?<![\d.,])(?:12306|12315|12345|10086|10010|955\d{2})(?![\d.,%万亿]|\s*[个人元块件次条])/gu,
    say: (digits) => readDigits(digits, true),
  },
  // An address on the internet: four parts, digit by digit.
  { find: /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/gu, say: dotted((part) => readDigits(part)) },
  // A version: 3.5.1
  { find: /(?<![\d.])\d{1,4}(?:\.\d{1,4}){2,}(?![\d.])/gu, say: dotted(readCardinal) },
  // Digits grown together with Latin letters: RTX4090, G102, H.264; a few digits are a number (F-16, MP3).
  { find: /(?<=[A-Za-z]-?)\d{3,}(?![\d.%])/gu, say: (digits) => readDigits(digits) },
  { find: /(?<=[A-Za-z])-(?=\d)/gu, say: () => '' },
  // The 2 of 80m2 is a unit's, the 30 of 1h30min minutes.
  { find: /(?<=[A-Za-z])(?<!\d\s?(?:[kcd]?m|h))\d{1,2}(?![\d.%])/gu, say: readCardinal },
  // Rooms and bus lines: 305室, 302路.
  { find: /(?<![\d.])\d{3,4}(?=号?房|室|路(?![人程途过]))/gu, say: (digits) => readDigits(digits) },
  // An identity number may end in X; other long numbers that count nothing are ids.
  { find: /(?<![\d.,-])\d{17}[\dXx](?![\dA-Za-z])/gu, say: (digits) => readDigits(digits) },
  {
    find: /(?<![\d.,-])(?!\d*0000(?!\d))\d{9,}(?![\d.,]|\s*[个人元块件次条美欧英%])/gu,
    say: (digits) => readDigits(digits),
  },
];
