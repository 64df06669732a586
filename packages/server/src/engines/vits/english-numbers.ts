const SMALL = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen',
  'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen',
] as const; // prettier-ignore
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'] as const;
const SCALES = [
  [1_000_000_000_000, 'trillion'],
  [1_000_000_000, 'billion'],
  [1_000_000, 'million'],
  [1_000, 'thousand'],
  [100, 'hundred'],
] as const;
const IRREGULAR_ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** A whole number from 0 to 10^15 in words: 1234 → "one thousand two hundred thirty-four". */
export function cardinal(value: number): string {
  if (value < 20) return SMALL[value] ?? String(value);
  if (value < 100) {
    const tens = TENS[Math.floor(value / 10)] ?? '';
    return value % 10 === 0 ? tens : `${tens}-${cardinal(value % 10)}`;
  }
  for (const [size, name] of SCALES) {
    if (value < size) continue;
    const rest = value % size;
    const head = `${cardinal(Math.floor(value / size))} ${name}`;
    return rest === 0 ? head : `${head} ${cardinal(rest)}`;
  }
  return String(value);
}

/** A whole number as a rank: 21 → "twenty-first". */
export function ordinal(value: number): string {
  const words = cardinal(value);
  const last = /[a-z]+$/.exec(words)?.[0] ?? '';
  const head = words.slice(0, words.length - last.length);
  return head + (IRREGULAR_ORDINALS[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`));
}

/** A year as it is said: 1999 → "nineteen ninety-nine", 2005 → "two thousand five", 1905 → "nineteen oh five". */
export function yearWords(year: number): string {
  const rest = year % 100;
  if (year < 1100 || year > 2099 || (year >= 2000 && year < 2010)) return cardinal(year);
  const century = cardinal(Math.floor(year / 100));
  if (rest === 0) return `${century} hundred`;
  return `${century} ${rest < 10 ? `oh ${cardinal(rest)}` : cardinal(rest)}`;
}

/** A number written with digits, thousands commas and perhaps a decimal point, in words: "1,200.5" → "… point five". */
export function numberWords(written: string): string {
  const [whole = '0', decimals = ''] = written.replaceAll(',', '').split('.');
  // Beyond what doubles hold exactly, and for ids with leading zeros, the digits are said one by one.
  const head =
    whole.length > 15 || (whole.length > 1 && whole.startsWith('0')) ? digitWords(whole) : cardinal(Number(whole));
  return decimals === '' ? head : `${head} point ${digitWords(decimals)}`;
}

/** Digit by digit, anything else dropped: "555-0134" → "five five five zero one three four". */
export function digitWords(written: string): string {
  return Array.from(written.replaceAll(/\D/g, ''), (digit) => cardinal(Number(digit))).join(' ');
}
