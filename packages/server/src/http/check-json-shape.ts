import { GatewayError } from '../shared/errors.ts';

/** More values than any real request has; each costs memory many times its own bytes once parsed. */
const MAX_VALUES = 100_000;
const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Refuses JSON that is cheap to send and dear to parse, before it is parsed: too many values, too deeply nested.
 * Strings are skipped at memory speed. Whether it is JSON at all is the parser's to say. Throws `invalid_json`.
 */
export function checkJsonShape(json: Buffer, mostValues: number = MAX_VALUES): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = closingQuote(json, at);
        if (at < 0) return;
        break;
      case 0x5b: // [
      case 0x7b: // {
        values++;
        if (++depth > MAX_DEPTH)
          throw new GatewayError('invalid_json', `the body is nested more than ${MAX_DEPTH} levels deep`);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        if (++values > mostValues)
          throw new GatewayError('invalid_json', `the body has more than ${mostValues} values; send fewer`);
        break;
      default:
    }
  }
}

function closingQuote(json: Buffer, opening: number): number {
  for (let at = json.indexOf(QUOTE, opening + 1); at >= 0; at = json.indexOf(QUOTE, at + 1)) {
    let before = at - 1;
    while (json[before] === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return at;
  }
  return -1;
}
