import type { Lengths } from './pattern-rules.ts';
import type { RuleBook } from './rule-book.ts';

/** A format that answers are held to. */
interface StringFormat {
  /** The rule's name, quotes included. */
  rule(book: RuleBook): string;
  /** Characters of the texts that are written. */
  readonly lengths: Lengths;
  /** Expressions by which libraries describe the format, and which its texts match. */
  readonly patterns: readonly string[];
}

const YEAR = '[0-9] [0-9] [0-9] [0-9]';
/** Divisible by four, but of the hundreds only by four hundred. */
const LEAP =
  '([0-9] [0-9] ("0" [48] | [2468] [048] | [13579] [26]) | ("0" [48] | [2468] [048] | [13579] [26] | "00") "00")';
const DATE = [
  `${YEAR} "-" (("0" [13578] | "1" [02]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])`,
  '("0" [469] | "11") "-" ("0" [1-9] | [12] [0-9] | "30")',
  `"02-" ("0" [1-9] | "1" [0-9] | "2" [0-8])) | ${LEAP} "-02-29"`,
].join(' | ');
const HOUR = '("0" | "1") [0-9]';
const TIME = `(${HOUR} | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})? ("Z" | [+-] (${HOUR} | "2" [0-3]) ":" [0-5] [0-9])`;
const BYTE = '("25" [0-5] | "2" [0-4] [0-9] | "1" [0-9] [0-9] | [1-9] [0-9] | [0-9])';
const HEX = '[0-9a-f]';
const LABEL = '[a-z0-9] ([a-z0-9-]{0,30} [a-z0-9])?';
const HOST = `(${LABEL} "."){1,3} [a-z]{2,10}`;
const PATH = '("/" [A-Za-z0-9._~-]{0,60}){0,8}';

/** What zod writes beside these formats; both look ahead, which no grammar can. */
const ZOD_DURATION =
  '^P(?:(\\d+W)|(?!.*W)(?=\\d|T\\d)(\\d+Y)?(\\d+M)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+([.,]\\d+)?S)?)?)$';
const ZOD_EMAIL =
  "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$";

/** A format whose rule and its parts are the same in every grammar. */
function format(name: string, body: string, lengths: Lengths, patterns: readonly string[] = []): StringFormat {
  return { lengths, patterns, rule: (book) => book.shared(`json-${name}`, () => `"\\"" (${body}) "\\""`) };
}

const exactly = (length: number): Lengths => ({ least: length, most: length });

/** The formats of JSON Schema that answers are held to; others say nothing about what is valid. */
export const FORMATS: Readonly<Record<string, StringFormat>> = {
  date: format('date', DATE, exactly(10)),
  time: format('time', TIME, { least: 9, most: 21 }),
  'date-time': format('date-time', `(${DATE}) "T" ${TIME}`, { least: 20, most: 32 }),
  duration: format(
    'duration',
    '"P" ([0-9]{1,4} "W" | [0-9]{1,4} "D" ("T" [0-9]{1,4} [HMS])? | "T" ([0-9]{1,4} "H" ([0-9]{1,4} "M")? | [0-9]{1,4} [MS]))',
    { least: 3, most: 12 },
    [ZOD_DURATION],
  ),
  uuid: format('uuid', `${HEX}{8} "-" ${HEX}{4} "-4" ${HEX}{3} "-" [89ab] ${HEX}{3} "-" ${HEX}{12}`, exactly(36)),
  ipv4: format('ipv4', `${BYTE} ("." ${BYTE}){3}`, { least: 7, most: 15 }),
  ipv6: format('ipv6', `${HEX}{1,4} (":" ${HEX}{1,4}){7}`, { least: 15, most: 39 }),
  hostname: format('hostname', HOST, { least: 4, most: 109 }),
  email: format('email', `[a-z0-9] [a-z0-9_]{0,30} ([.+-] [a-z0-9_]{1,30}){0,3} "@" ${HOST}`, { least: 6, most: 234 }, [
    ZOD_EMAIL,
  ]),
  uri: format('uri', `"http" "s"? "://" ${HOST} ${PATH}`, { least: 11, most: 605 }),
  url: format('url', `"http" "s"? "://" ${HOST} ${PATH}`, { least: 11, most: 605 }),
};
