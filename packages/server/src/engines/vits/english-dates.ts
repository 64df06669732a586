import { cardinal, ordinal, yearWords } from './english-numbers.ts';

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] as const; // prettier-ignore
const MONTH = `(?:${MONTHS.join('|')})`;
const SHORT_MONTHS: Readonly<Record<string, string>> = Object.fromEntries([
  ...MONTHS.map((month) => [month.slice(0, 3), month] as const),
  ['Sept', 'September'] as const,
]);

function dateWords(year: number, month: number, day: number): string | null {
  const name = MONTHS[month - 1];
  if (name === undefined || day < 1 || day > 31) return null;
  return `${name} ${ordinal(day)}, ${yearWords(year)}`;
}

function timeWords(hour: number, minute: number, half: string): string {
  const hours = hour === 0 && half === '' ? 'zero' : cardinal(hour);
  if (minute > 0) return `${hours} ${minute < 10 ? `oh ${cardinal(minute)}` : cardinal(minute)}${half}`;
  if (half !== '') return hours + half;
  return hour > 0 && hour <= 12 ? `${hours} o'clock` : `${hours} hundred hours`;
}

/** Writes dates, years and times of day as they are said in American English. */
export function sayDates(text: string): string {
  return text
    .replaceAll(
      /\b(\d{4})-(\d{2})-(\d{2})\b/g,
      (whole, year: string, month: string, day: string) => dateWords(+year, +month, +day) ?? whole,
    )
    .replaceAll(/\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b/g, (whole, first: string, second: string, year: string) => {
      const dayFirst = +first > 12;
      return dateWords(+year, dayFirst ? +second : +first, dayFirst ? +first : +second) ?? whole;
    })
    .replaceAll(
      /\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?(?= \d)/g,
      (_, short: string) => SHORT_MONTHS[short] ?? short,
    )
    .replaceAll(
      new RegExp(`\\b(${MONTH}) (\\d{1,2})(?:st|nd|rd|th)?\\b(?![:.]\\d)`, 'g'),
      (_, month: string, day: string) => `${month} ${ordinal(+day)}`,
    )
    .replaceAll(
      new RegExp(`\\b(?:the )?(\\d{1,2})(?:st|nd|rd|th)? (?:of )?(${MONTH})\\b`, 'gi'),
      (_, day: string, month: string) => `the ${ordinal(+day)} of ${month}`,
    )
    .replaceAll(/\b(1[1-9]\d0|20\d0)s\b/g, (_, year: string) => {
      const words = yearWords(+year);
      return words.endsWith('y') ? `${words.slice(0, -1)}ies` : `${words}s`;
    })
    .replaceAll(
      /\b(1[1-9]\d\d|20\d\d)[-–](1[1-9]\d\d|20\d\d)\b/g,
      (_, from: string, to: string) => `${yearWords(+from)} to ${yearWords(+to)}`,
    )
    .replaceAll(
      new RegExp(
        `\\b((?:in|since|by|until|till|from|to|of|and|before|after|during|year|early|late|around|circa|spring|summer|autumn|fall|winter|${MONTH}(?: [a-z-]+,?)?),? \\(?)(1[1-9]\\d\\d|20\\d\\d)\\b(?![,.]\\d)`,
        'gi',
      ),
      (_, before: string, year: string) => before + yearWords(+year),
    )
    .replaceAll(
      /\b([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(\s?[AaPp]\.?[Mm]\b\.?)?/g,
      (_, hour: string, minute: string, second?: string, half?: string) => {
        const words = timeWords(+hour, +minute, half === undefined ? '' : ` ${half.trim()}`);
        return second === undefined ? words : `${words} and ${cardinal(+second)} seconds`;
      },
    );
}
