/** Longest link, image, code span or tag; an opening mark without an end within it is plain text. */
const MAX_SPAN = 400;

const LINK = /^!?\[([^[\]\n]*)\](?:\(([^()\n]*(?:\([^()\n]*\))?[^()\n]*)\)|\[[^\]\n]*\])?/;
const TAG = /^<(?:\/?[a-zA-Z][^<>\n]*|!--[^\n]*?--)>/;
const AUTOLINK = /^<((?:https?|mailto):[^<>\s]+)>/;
const ENTITY = /^&(amp|lt|gt|quot|apos|nbsp|#39);/;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  '#39': "'",
};
const EMOJI =
  /^(?:(?![©®™])\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200D|\uFE0E|\uFE0F|\u20E3)/u;
const ESCAPABLE = /[\\`*_{}[\]()#+\-.!|~<>$"'&]/;

/** What was read at the beginning of a text: how many UTF-16 units, and what is said of them; null when more must come first. */
type Read = { readonly units: number; readonly spoken: string } | null;

/**
 * Takes marks out of one line of Markdown: links leave their text, code its content, emphasis and tags nothing, emoji
 * nothing. Returns what is said and how much of `line` it covers: all of it when `complete`, else up to the first mark whose end
 * may still come. `before` is the character that stands before the line's beginning.
 */
export function speakInline(line: string, complete: boolean, before: string): { spoken: string; units: number } {
  let spoken = '';
  let at = 0;
  while (at < line.length) {
    const previous = at === 0 ? before : (line[at - 1] ?? '');
    const read = readOne(line.slice(at, at + MAX_SPAN), complete || line.length - at >= MAX_SPAN, previous);
    if (read === null) break;
    spoken += read.spoken;
    at += read.units;
  }
  return { spoken, units: at };
}

function readOne(rest: string, complete: boolean, previous: string): Read {
  const first = rest[0] ?? '';
  if (rest.length === 1 && !complete && !/[\p{L}\p{N}\s]/u.test(first)) return null;
  switch (first) {
    case '`':
      return readCode(rest, complete);
    case '!':
      return rest[1] === '[' ? readLink(rest, complete) : { units: 1, spoken: first };
    case '[':
      return readLink(rest, complete);
    case '<':
      return readTag(rest, complete);
    case '\\':
      return ESCAPABLE.test(rest[1] ?? '') ? { units: 2, spoken: rest[1] ?? '' } : { units: 1, spoken: first };
    case '*':
    case '_':
    case '~':
      return readEmphasis(rest, complete, previous);
    case '&':
      return readEntity(rest, complete);
    default:
      return readCharacter(rest);
  }
}

function readCode(rest: string, complete: boolean): Read {
  const fence = /^`+/.exec(rest)?.[0] ?? '`';
  const end = rest.indexOf(fence, fence.length);
  // A closing run of other length may still grow.
  if (end === -1 || (end + fence.length === rest.length && !complete))
    return complete ? { units: fence.length, spoken: '' } : null;
  return { units: end + fence.length, spoken: rest.slice(fence.length, end).trim() };
}

function readLink(rest: string, complete: boolean): Read {
  const link = LINK.exec(rest);
  if (link === null) return !complete && /^!?\[[^[\]\n]*$/.test(rest) ? null : { units: 1, spoken: '' };
  const opensTarget = /^(?:\(|\[)/.test(rest.slice(link[0].length));
  if (!complete && link[2] === undefined && (link[0].length === rest.length || opensTarget)) return null;
  const { spoken } = speakInline(link[1] ?? '', true, ' ');
  // A bare [note] keeps its brackets: the words stand aside from the sentence.
  return {
    units: link[0].length,
    spoken:
      link[0].endsWith(`[${link[1] ?? ''}]`) && link[0].length <= (link[1] ?? '').length + 3 ? `(${spoken})` : spoken,
  };
}

function readTag(rest: string, complete: boolean): Read {
  const auto = AUTOLINK.exec(rest);
  if (auto !== null) return { units: auto[0].length, spoken: auto[1] ?? '' };
  const tag = TAG.exec(rest);
  if (tag !== null) return { units: tag[0].length, spoken: /^<br\b/i.test(tag[0]) ? '\n' : '' };
  return !complete && /^<(?:[a-zA-Z/!][^<>\n]*)?$/.test(rest) ? null : { units: 1, spoken: '<' };
}

function readEmphasis(rest: string, complete: boolean, previous: string): Read {
  const marks = /^(?:\*+|_+|~+)/.exec(rest)?.[0] ?? '';
  const next = rest[marks.length];
  if (next === undefined && !complete) return null;
  const kept = { units: marks.length, spoken: marks };
  const word = /[\p{L}\p{N}]/u;
  if (marks[0] === '~' && marks.length === 1) return kept;
  if (marks[0] === '_' && word.test(previous) && word.test(next ?? '')) return kept;
  if (marks === '*' && /\d/.test(previous) && /\d/.test(next ?? '')) return kept;
  // A mark with spaces around it is a sign: 2 * 3.
  if (marks.length === 1 && /^\s?$/.test(previous) && /^\s?$/.test(next ?? '')) return kept;
  return { units: marks.length, spoken: '' };
}

function readEntity(rest: string, complete: boolean): Read {
  const entity = ENTITY.exec(rest);
  if (entity !== null) return { units: entity[0].length, spoken: ENTITIES[entity[1] ?? ''] ?? '' };
  return !complete && /^&[#a-z\d]{0,4}$/.test(rest) ? null : { units: 1, spoken: '&' };
}

function readCharacter(rest: string): Read {
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  // Half a pair at the end: its other half comes with the next delta.
  if (/^[\uD800-\uDBFF]$/.test(character) && rest.length === 1) return null;
  return { units: character.length, spoken: EMOJI.test(character) ? '' : character };
}
