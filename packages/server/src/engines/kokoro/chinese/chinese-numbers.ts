const DIGITS = '零一二三四五六七八九';
const PLACES = ['', '十', '百', '千'] as const;
const SECTIONS = ['', '万', '亿', '万亿'] as const;
/** The most digits that are read as one number: up to 千万亿. */
const MOST_CARDINAL_DIGITS = 16;

/** Reads every digit alone: 2026 → 二零二六. With `yao`, 1 is 幺, as in telephone numbers. Other characters stay. */
export function readDigits(digits: string, yao = false): string {
  return digits.replace(/\d/g, (digit) => (yao && digit === '1' ? '幺' : (DIGITS[Number(digit)] ?? '')));
}

/** Four digits at most, without its section's name; `first` when nothing stands before it. */
function readSection(value: number, first: boolean): string {
  let text = '';
  let gap = !first && value < 1000;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(value / 10 ** place) % 10;
    if (digit === 0) {
      gap ||= text !== '';
      continue;
    }
    if (gap) text += '零';
    gap = false;
    const leads = first && text === '';
    if (place === 1 && digit === 1 && leads) text += '十';
    else if (digit === 2 && (place === 3 || (place === 2 && leads))) text += `两${PLACES[place]}`;
    else text += `${DIGITS[digit]}${PLACES[place]}`;
  }
  return text;
}

/**
 * Reads a whole number as an amount: 10001 → 一万零一, 200 → 两百, 12000 → 一万两千. A number that starts with a superfluous 0, or
 * is longer than 16 digits, is read digit by digit. Takes decimal digits only.
 */
export function readCardinal(digits: string): string {
  if (digits.length > MOST_CARDINAL_DIGITS || /^0\d/.test(digits)) return readDigits(digits);
  if (Number(digits) === 0) return '零';
  let text = '';
  let skipped = false;
  for (let section = SECTIONS.length - 1; section >= 0; section -= 1) {
    const end = digits.length - section * 4;
    const value = Number(digits.slice(Math.max(0, end - 4), Math.max(0, end)));
    if (value === 0) {
      skipped ||= text !== '';
      continue;
    }
    if (skipped && value >= 1000) text += '零';
    skipped = false;
    const leads = text === '';
    const read = leads && value === 2 && section > 0 ? '两' : readSection(value, leads);
    // 一万亿 and its rest share the 亿: 1,2345,0000,0000 is 一万两千三百四十五亿.
    const shared = section === 3 && Number(digits.slice(Math.max(0, end), Math.max(0, end + 4))) > 0;
    text += `${read}${shared ? '万' : SECTIONS[section]}`;
  }
  return text;
}

/** Reads a plain number, which may have a sign, thousands separators and a decimal part: -1,234.5 → 负一千二百三十四点五. */
export function readNumber(written: string): string {
  const sign = written.startsWith('-') ? '负' : '';
  const [whole = '', fraction] = written.replace(/^[-+]/, '').replaceAll(',', '').split('.');
  const read = whole === '' ? '零' : readCardinal(whole);
  return fraction === undefined || fraction === '' ? `${sign}${read}` : `${sign}${read}点${readDigits(fraction)}`;
}

/** Reads a number that stands before a measure word or a unit: 2 → 两, else as `readNumber`. */
export function readAmount(written: string): string {
  return written === '2' ? '两' : readNumber(written);
}
