import { describe, expect, test } from 'vitest';
import { cardinal, ordinal, yearWords } from './english-numbers.ts';
import { normaliseEnglish } from './normalise-english.ts';

test.for([
  ['It costs $5.', 'It costs five dollars.'],
  [
    '$1, $3.50, $0.99 and $1.01',
    'one dollar, three dollars and fifty cents, ninety-nine cents and one dollar and one cent',
  ],
  ['€1,200 or £20', 'one thousand two hundred euros or twenty pounds'],
  ['$1.5 million, $3bn, $10k', 'one point five million dollars, three billion dollars, ten thousand dollars'],
  ['-$5 and $5-10', 'minus five dollars and five to ten dollars'],
] as const)('money: %s', ([text, said]) => {
  expect(normaliseEnglish(text)).toBe(said);
});

test.for([
  ['In 1999 and since 2024', 'In nineteen ninety-nine and since twenty twenty-four'],
  ['the 1990s', 'the nineteen nineties'],
  ['1939-1945', 'nineteen thirty-nine to nineteen forty-five'],
  ['On March 3rd, 2024, we left.', 'On March third, twenty twenty-four, we left.'],
  ['2024-03-15', 'March fifteenth, twenty twenty-four'],
  [
    '12/25/2023 or 25/12/2023',
    'December twenty-fifth, twenty twenty-three or December twenty-fifth, twenty twenty-three',
  ],
  ['Jan. 5 and 2nd of May 2021', 'January fifth and the second of May twenty twenty-one'],
  ['10:30, 9:05 pm, 7:00, 14:00', "ten thirty, nine oh five pm, seven o'clock, fourteen hundred hours"],
  ['We sold 1999 apples and 2,024 pears.', 'We sold 1999 apples and 2,024 pears.'],
  ['99/99/2024', '99/99/2024'],
] as const)('dates and times: %s', ([text, said]) => {
  expect(normaliseEnglish(text)).toBe(said);
});

test.for([
  ['5 kg, 1 km and 60 km/h', '5 kilograms, 1 kilometer and 60 kilometers per hour'],
  ['16 GB at 2.5GHz', '16 gigabytes at 2.5 gigahertz'],
  ['20°C or 68 °F, 90°', '20 degrees Celsius or 68 degrees Fahrenheit, 90 degrees'],
  ['30 m² and 9.8 m/s²', '30 square meters and 9.8 meters per second squared'],
  ["6 in, the 5 s's and 3m's", "6 in, the 5 s's and 3m's"],
] as const)('units: %s', ([text, said]) => {
  expect(normaliseEnglish(text)).toBe(said);
});

test.for([
  [
    'Dr. Smith and Mr. Jones met at Main St. near St. Louis.',
    'Doctor Smith and Mister Jones met at Main Street near Saint Louis.',
  ],
  ['apples, e.g. red ones, i.e. good ones', 'apples, for example, red ones, that is, good ones'],
  ['No. 5 vs. No. 6', 'number 5 versus number 6'],
  ['no. That is all.', 'no. That is all.'],
  ['the U.S. office', 'the U S office'],
  ['Chapter IV, Henry VIII and World War II', 'Chapter four, Henry the eighth and World War two'],
  ['I am in Part of it.', 'I am in Part of it.'],
] as const)('short forms: %s', ([text, said]) => {
  expect(normaliseEnglish(text)).toBe(said);
});

test.for([
  ['3/4 of it, 1/2 or 1 1/2', 'three quarters of it, one half or one and a half'],
  ['½ a cup', 'one half a cup'],
  ['2-3 days, pages 10–15', '2 to 3 days, pages 10 to 15'],
  [
    'Call 555-0134 or (212) 555-0199.',
    'Call five five five, zero one three four or two one two, five five five, zero one nine nine.',
  ],
  ['#1, ~5 and 3 × 4', 'number 1, about 5 and 3 times 4'],
  ['a < b and 5 >= 3', 'a is less than b and 5 is at least 3'],
  [
    'https://www.example.com/a-b/c?x=1 or joe@example.com',
    'example dot com slash a b slash c or joe at example dot com',
  ],
  [
    'C# on 1234567890123456',
    'C sharp on one two three four five six seven eight nine zero one two three four five six',
  ],
] as const)('numbers, signs and addresses: %s', ([text, said]) => {
  expect(normaliseEnglish(text)).toBe(said);
});

describe('what espeak-ng reads well stays as it is', () => {
  test.for([
    '50% of 1,234,567 people, the 21st.',
    'NASA and the FBI use JSON.',
    "It's -5 degrees, isn't it?",
    'pi is 3.14159',
    '',
  ])('%s', (text) => {
    expect(normaliseEnglish(text)).toBe(text);
  });
});

test('full-width forms, curly quotes, dashes and invisible characters become plain', () => {
  expect(normaliseEnglish('“It’s”\u200b　ＡＢＣ！ one — two\u0000')).toBe('"It\'s" ABC! one, two');
});

test('numbers in words', () => {
  expect([0, 13, 21, 100, 1234, 1_000_001].map(cardinal)).toEqual([
    'zero',
    'thirteen',
    'twenty-one',
    'one hundred',
    'one thousand two hundred thirty-four',
    'one million one',
  ]);
  expect([1, 12, 20, 23, 100].map(ordinal)).toEqual(['first', 'twelfth', 'twentieth', 'twenty-third', 'one hundredth']);
  expect([1066, 1900, 1905, 2000, 2010].map(yearWords)).toEqual([
    'one thousand sixty-six',
    'nineteen hundred',
    'nineteen oh five',
    'two thousand',
    'twenty ten',
  ]);
});
