import { either, NEVER, times } from './json-rules.ts';

/** Integers that are written where a schema sets no bound: up to fifteen digits, which a double holds exactly. */
const LARGEST = 10n ** 15n - 1n;
const DIGIT = '[0-9]';
/** Digits after the point. */
const MOST_DECIMALS = 12;

/** The rule of all integers from `least` to `most`; null leaves a side open. */
export function integersBetween(least: bigint | null, most: bigint | null): string {
  const low = least ?? smaller(-LARGEST, (most ?? 0n) - LARGEST);
  const high = most ?? larger(LARGEST, low + LARGEST);
  if (low > high) return NEVER;
  const negative = low < 0n ? naturals(larger(1n, -high), -low) : NEVER;
  const natural = high >= 0n ? naturals(larger(0n, low), high) : NEVER;
  return either([natural, negative === NEVER ? NEVER : `"-" ${negative}`]);
}

/** Integers of no sign from `least` to `most`. */
function naturals(least: bigint, most: bigint): string {
  if (least > most) return NEVER;
  const options: string[] = [];
  for (let digits = String(least).length; digits <= String(most).length; digits++) {
    const low = larger(least, digits === 1 ? 0n : 10n ** BigInt(digits - 1));
    const high = smaller(most, 10n ** BigInt(digits) - 1n);
    options.push(sameLength(String(low), String(high)));
  }
  return either(options);
}

/** Digits of one length from `low` to `high`. */
function sameLength(low: string, high: string): string {
  if (low === high) return low === '' ? '""' : `"${low}"`;
  const [first, last] = [Number(low[0]), Number(high[0])];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  if (first === last) return `"${first}" ${sameLength(lowRest, highRest)}`;
  const wholeLow = /^0*$/.test(lowRest);
  const wholeHigh = /^9*$/.test(highRest);
  const options = [
    wholeLow ? NEVER : `"${first}" ${sameLength(lowRest, '9'.repeat(lowRest.length))}`,
    following(
      digits(wholeLow ? first : first + 1, wholeHigh ? last : last - 1),
      times(DIGIT, lowRest.length, lowRest.length),
    ),
    wholeHigh ? NEVER : `"${last}" ${sameLength('0'.repeat(highRest.length), highRest)}`,
  ];
  return either(options);
}

/** A side of a range of decimal numbers. */
export interface DecimalBound {
  readonly value: number;
  readonly included: boolean;
}

interface Side {
  readonly whole: bigint;
  /** Digits after the point, without zeros at the end. */
  readonly fraction: string;
  readonly included: boolean;
}

const ANY_FRACTION = `("." ${times(DIGIT, 1, MOST_DECIMALS)})?`;

/** The rule of all decimal numbers between two bounds, without exponents; null leaves a side open. */
export function numbersBetween(least: DecimalBound | null, most: DecimalBound | null): string {
  const [low, high] = [least?.value ?? -Infinity, most?.value ?? Infinity];
  if (low > high || (low === high && !(least?.included === true && most?.included === true))) return NEVER;
  const zero: DecimalBound = { value: 0, included: true };
  const positive = high < 0 ? NEVER : magnitudes(low > 0 ? least : low === 0 ? least : zero, most);
  const flipped = high <= 0 ? most : zero;
  const negative = low >= 0 ? NEVER : magnitudes(flipped, least);
  return either([positive, negative === NEVER ? NEVER : `"-" ${negative}`]);
}

/** Numbers of no sign; only the size of the bounds counts. */
function magnitudes(least: DecimalBound | null, most: DecimalBound | null): string {
  const low = sideOf(least ?? { value: 0, included: true });
  if (most === null) {
    return either([
      `"${low.whole}" ${fractionAtLeast(low)}`,
      `${naturals(low.whole + 1n, larger(LARGEST, low.whole + LARGEST))} ${ANY_FRACTION}`,
    ]);
  }
  const high = sideOf(most);
  if (low.whole === high.whole) return following(`"${low.whole}"`, fractionBetween(low, high));
  return either([
    `"${low.whole}" ${fractionAtLeast(low)}`,
    following(naturals(low.whole + 1n, high.whole - 1n), ANY_FRACTION),
    following(`"${high.whole}"`, fractionAtMost(high)),
  ]);
}

function sideOf({ value, included }: DecimalBound): Side {
  const [whole = '0', fraction = ''] = plainDecimal(Math.abs(value)).split('.');
  return { whole: BigInt(whole), fraction: fraction.replace(/0+$/, ''), included };
}

/** A number of no sign without exponent. */
function plainDecimal(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return value >= 1 ? String(BigInt(value)) : value.toFixed(100);
}

function fractionAtLeast({ fraction, included }: Side): string {
  if (fraction === '') return included ? ANY_FRACTION : `"." ${nonZero()}`;
  return `"." ${digitsAtLeast(fraction, included)}`;
}

function digitsAtLeast(bound: string, included: boolean): string {
  if (bound === '') return included ? times(DIGIT, 0, MOST_DECIMALS) : nonZero();
  const first = Number(bound[0]);
  return either([
    `"${first}" ${digitsAtLeast(bound.slice(1), included)}`,
    following(digits(first + 1, 9), times(DIGIT, 0, MOST_DECIMALS)),
  ]);
}

function fractionAtMost({ fraction, included }: Side): string {
  if (fraction === '') return included ? '("." "0"{1,6})?' : NEVER;
  return `("." ${digitsAtMost(fraction, included)})?`;
}

/** At least one digit; `bound` ends with none that is zero. */
function digitsAtMost(bound: string, included: boolean): string {
  const first = Number(bound[0]);
  const rest = bound.slice(1);
  const equal =
    rest === '' ? (included ? `"${first}" "0"{0,6}` : NEVER) : `"${first}" (${digitsAtMost(rest, included)})?`;
  return either([following(digits(0, first - 1), times(DIGIT, 0, MOST_DECIMALS)), equal]);
}

function fractionBetween(low: Side, high: Side): string {
  if (low.fraction === '' && low.included) return fractionAtMost(high);
  if (high.fraction === '') return high.included && low.included && low.fraction === '' ? fractionAtMost(high) : NEVER;
  return `"." ${digitsBetween(low.fraction, high.fraction, [low.included, high.included])}`;
}

/** Digits of a fraction between two others; `high` is not empty. */
function digitsBetween(low: string, high: string, [lowIncluded, highIncluded]: readonly [boolean, boolean]): string {
  const [first, last] = [Number(low[0] ?? 0), Number(high[0])];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  if (first === last) {
    if (highRest === '') return highIncluded && lowIncluded && lowRest === '' ? `"${first}" "0"{0,6}` : NEVER;
    const further = digitsBetween(lowRest, highRest, [lowIncluded, highIncluded]);
    return lowRest === '' && lowIncluded ? `"${first}" (${further})?` : following(`"${first}"`, further);
  }
  const equal =
    highRest === ''
      ? highIncluded
        ? `"${last}" "0"{0,6}`
        : NEVER
      : `"${last}" (${digitsAtMost(highRest, highIncluded)})?`;
  return either([
    `"${first}" ${digitsAtLeast(lowRest, lowIncluded)}`,
    following(digits(first + 1, last - 1), times(DIGIT, 0, MOST_DECIMALS)),
    equal,
  ]);
}

/** Digits of which not all are zero. */
function nonZero(): string {
  return `${times(DIGIT, 0, MOST_DECIMALS)} [1-9]`;
}

function digits(from: number, to: number): string {
  if (from > to) return NEVER;
  return from === to ? `"${from}"` : `[${from}-${to}]`;
}

/** One thing after another; nothing where one of them is impossible. */
function following(first: string, second: string): string {
  return first === NEVER || second === NEVER ? NEVER : `${first} ${second}`;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
