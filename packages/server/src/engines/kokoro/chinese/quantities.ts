import { readAmount, readNumber } from './chinese-numbers.ts';
import type { RewriteRule } from './rewrite-rule.ts';
import { UNIT_NAMES } from './unit-names.ts';

/** A number without sign; thousands separators only where they stand right. */
const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+`;
/** Not inside another number or a name made of Latin letters. */
const START = String.raw`(?<![\d.A-Za-z])`;
/** A sign counts only where no number or letter stands before it. */
const SIGNED = String.raw`(?<![\d.A-Za-z)]\s?)-?(?:${NUMBER})`;

const CURRENCIES: Readonly<Record<string, string>> = {
  '¥': '元',
  元: '元',
  $: '美元',
  US$: '美元',
  HK$: '港元',
  '€': '欧元',
  '£': '英镑',
  '₩': '韩元',
  '₽': '卢布',
  RMB: '元',
  CNY: '元',
  USD: '美元',
  HKD: '港元',
  EUR: '欧元',
  GBP: '英镑',
  JPY: '日元',
};

/** Words before which a lone 2 is 两. Neither 月, 日, 号, 楼, 班, 级 nor 期: those name, they do not count. */
const MEASURES =
  '小时|分钟|秒|刻钟|公里|千米|厘米|毫米|平方|立方|公斤|千克|毫升|公顷|美元|欧元|英镑|[个只条张本位名件台辆架艘座间所家户口头匹棵朵片块瓶杯碗盒箱包袋双对副套批组层栋幢扇把支枝根颗粒滴段句首篇封份页章幅门项种类样次遍趟回场顿番下声步倍天周年人岁成元角毛米斤克吨升亩点分折百千万亿夜代款笔轮站行]';

const unitNames = Object.keys(UNIT_NAMES).sort((a, b) => b.length - a.length);
const escape = (text: string): string => text.replace(/[$^.*+?()[\]{}|\\/]/g, String.raw`\$&`);
const UNIT = unitNames.map(escape).join('|');

/** Cents are said only where there are some: 9.90 → 九点九. */
const readMoney = (amount: string): string => readAmount(amount.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''));

function readPercent(number: string, of: string): string {
  const sign = number.startsWith('-') ? '负' : '';
  const size = number.replace(/^[-+]/, '');
  return `${sign}${of}${size === '100' ? '百' : readNumber(size)}`;
}

/** Below zero, temperatures are 零下. */
const readDegrees = (number: string, unit: string): string =>
  number.startsWith('-') ? `零下${readAmount(number.slice(1))}${unit}` : `${readNumber(number)}${unit}`;

const DEGREES: Readonly<Record<string, string>> = { '°C': '摄氏度', '°F': '华氏度', '°': '度', 度: '度' };

/** Amounts: ranges, money, percentages, temperatures, units, fractions, ratios, ordinals, then every number that is left. */
export const QUANTITY_RULES: readonly RewriteRule[] = [
  { find: /(?<=[\dA-Za-z)])\^(-?\d+)/gu, say: (_, power) => `的${readNumber(power ?? '')}次方` },
  { find: /(?<=\d)h(?=\d)/gu, say: () => '小时' },
  // 5-3=2 takes away; any other dash between two amounts is a range, as a tilde always is.
  { find: /(?<=\d)\s*[-−–]\s*(?=\d+(?:\.\d+)?\s*=)/gu, say: () => '减' },
  {
    find: new RegExp(String.raw`(US\$|HK\$|[¥$€£₩₽])\s*(${NUMBER})\s*[-~–—]\s*\1?\s*(${NUMBER})([百千万亿]*)元?`, 'gu'),
    say: (_, sign, from, to, scale) =>
      `${readMoney(from ?? '')}到${readMoney(to ?? '')}${scale}${CURRENCIES[sign ?? '']}`,
  },
  {
    find: new RegExp(
      String.raw`((?:\d|[百千万亿])(?:%|‰|°[CF]?|[元块度个天年月日号点时岁米斤]|小时|分钟|公里|公斤|(?:${UNIT})(?![A-Za-z]))?)\s*(?:~\s*(?=-?\d)|[-–—]\s*(?=\d)|[~–—-]\s*(?=[¥$€£]))`,
      'gu',
    ),
    say: (_, from) => `${from}到`,
  },
  {
    find: new RegExp(String.raw`(US\$|HK\$|[¥$€£₩₽])\s*(${NUMBER})\s*([百千万亿]*)元?`, 'gu'),
    say: (_, sign, amount, scale) => `${readMoney(amount ?? '')}${scale}${CURRENCIES[sign ?? '']}`,
  },
  {
    find: new RegExp(
      String.raw`${START}(${NUMBER})\s*([百千万亿]*)\s*(RMB|CNY|USD|HKD|EUR|GBP|JPY|元)(?![A-Za-z])`,
      'gu',
    ),
    say: (_, amount, scale, name) => `${readMoney(amount ?? '')}${scale}${CURRENCIES[name ?? '']}`,
  },
  { find: new RegExp(String.raw`(${SIGNED})\s*%`, 'gu'), say: (_, number) => readPercent(number ?? '', '百分之') },
  { find: new RegExp(String.raw`(${SIGNED})\s*‰`, 'gu'), say: (_, number) => readPercent(number ?? '', '千分之') },
  {
    find: new RegExp(String.raw`(${SIGNED})\s*(°C|°F|°|度)`, 'gu'),
    say: (_, number, unit) => readDegrees(number ?? '', DEGREES[unit ?? ''] ?? ''),
  },
  // 20到25°C left its first number behind; a sign there is a temperature's too.
  {
    find: new RegExp(String.raw`-(${NUMBER})(?=到(?:零下)?[^,。;]{1,12}(?:摄氏|华氏)?度)`, 'gu'),
    say: (_, number) => `零下${readNumber(number ?? '')}`,
  },
  {
    find: new RegExp(String.raw`(${SIGNED})\s*(${UNIT})(?![A-Za-z])`, 'gu'),
    say: (_, number, unit) => `${readAmount(number ?? '')}${UNIT_NAMES[unit ?? '']}`,
  },
  {
    find: /(?<![\d./])(\d{1,3})\/(\d{1,4})(?![\d./])/gu,
    say: (_, over, under) => `${readNumber(under ?? '')}分之${readNumber(over ?? '')}`,
  },
  { find: /(?<=\d)\s*:\s*(?=\d)/gu, say: () => '比' },
  { find: /(?<=[一-鿿])\/(?=[一-鿿])/gu, say: () => '每' },
  { find: /第\s*(\d+)/gu, say: (_, number) => `第${readNumber(number ?? '')}` },
  { find: /\bNo\.\s*(\d+)/giu, say: (_, number) => `第${readNumber(number ?? '')}` },
  // 8.5折 is said 八五折.
  {
    find: /(?<![\d.])(\d)\.(\d)(?=折)/gu,
    say: (_, first, second) => `${readNumber(first ?? '')}${readNumber(second ?? '')}`,
  },
  { find: new RegExp(String.raw`(?<![\d.第周期])2(?=\s?(?:${MEASURES}))`, 'gu'), say: () => '两' },
  { find: new RegExp(SIGNED, 'gu'), say: readNumber },
  { find: new RegExp(NUMBER, 'gu'), say: readNumber },
];
