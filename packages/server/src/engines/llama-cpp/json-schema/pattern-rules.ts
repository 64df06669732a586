import type { CodePoints } from '../grammar/gbnf-syntax.ts';
import { either, NEVER, times } from './json-rules.ts';
import { type Pattern, type PatternNode } from './pattern-syntax.ts';

/** How many characters a string may have. */
export interface Lengths {
  readonly least: number;
  readonly most: number;
}

const ANY: PatternNode = {
  kind: 'chars',
  ranges: [
    { from: 0x20, to: 0xd7ff },
    { from: 0xe000, to: 0x10ffff },
  ],
};

/**
 * The rule of what stands between the quotes of a JSON string that matches a pattern and has so many characters; null when
 * the two can't be brought together. Control characters are written where the pattern names little else.
 */
export function patternBody({ node, fromStart, toEnd }: Pattern, lengths: Lengths): string | null {
  const anything: PatternNode = { kind: 'repeat', item: ANY, least: 0, most: Infinity };
  const inner = flatten(node);
  const whole = [...(fromStart ? [] : [anything]), ...inner, ...(toEnd ? [] : [anything])];
  const fitted = fit(whole, lengths) ?? fit(toEnd ? inner : [...inner, anything], lengths);
  return fitted === null ? null : fitted.map(emit).join(' ') || '""';
}

/** The items one after another, without needless groups. */
function flatten(node: PatternNode): readonly PatternNode[] {
  return node.kind === 'sequence' ? node.items.flatMap(flatten) : [node];
}

/** The items with one repetition narrowed so that the length is right; null when that is not enough. */
function fit(items: readonly PatternNode[], lengths: Lengths): readonly PatternNode[] | null {
  const sizes = items.map(sizeOf);
  const least = sizes.reduce((sum, size) => sum + size.least, 0);
  const most = sizes.reduce((sum, size) => sum + size.most, 0);
  if (least >= lengths.least && most <= lengths.most) return items;
  for (const [index, item] of items.entries()) {
    const own = sizes[index];
    if (item.kind !== 'repeat' || own === undefined) continue;
    const unit = sizeOf(item.item);
    if (unit.least !== unit.most || unit.least === 0) continue;
    const othersLeast = least - own.least;
    const othersMost = own.most === Infinity ? sumBut(sizes, index) : most - own.most;
    const narrowed = {
      ...item,
      least: Math.max(item.least, Math.ceil((lengths.least - othersLeast) / unit.least)),
      most: Math.min(item.most, Math.floor((lengths.most - othersMost) / unit.least)),
    };
    if (narrowed.least <= narrowed.most) return items.with(index, narrowed);
  }
  return null;
}

function sumBut(sizes: readonly Lengths[], left: number): number {
  return sizes.reduce((sum, { most }, index) => (index === left ? sum : sum + most), 0);
}

/** Characters of what a node matches. */
function sizeOf(node: PatternNode): Lengths {
  switch (node.kind) {
    case 'chars':
      return { least: 1, most: 1 };
    case 'sequence': {
      const sizes = node.items.map(sizeOf);
      return {
        least: sizes.reduce((sum, { least }) => sum + least, 0),
        most: sizes.reduce((sum, { most }) => sum + most, 0),
      };
    }
    case 'choice': {
      const sizes = node.options.map(sizeOf);
      return { least: Math.min(...sizes.map((size) => size.least)), most: Math.max(...sizes.map((size) => size.most)) };
    }
    case 'repeat': {
      const { least, most } = sizeOf(node.item);
      return { least: least * node.least, most: most === 0 || node.most === 0 ? 0 : most * node.most };
    }
  }
}

function emit(node: PatternNode): string {
  switch (node.kind) {
    case 'chars':
      return charsInJson(node.ranges);
    case 'sequence':
      return `(${node.items.map(emit).join(' ') || '""'})`;
    case 'choice':
      return either(node.options.map(emit));
    case 'repeat':
      return times(emit(node.item), node.least, node.most);
  }
}

const ESCAPED: readonly (readonly [code: number, text: string])[] = [
  [0x22, '\\"'],
  [0x5c, '\\\\'],
  [0x0a, '\\n'],
  [0x09, '\\t'],
  [0x0d, '\\r'],
];
const CONTROLS = 0x20;

/** Characters of a class as a JSON string holds them: quotes and backslashes escaped, of controls the usual ones. */
function charsInJson(ranges: readonly CodePoints[]): string {
  const plain = ranges
    .flatMap(({ from, to }) => without({ from: Math.max(from, CONTROLS), to }, [0x22, 0x5c]))
    .filter(({ from, to }) => from <= to);
  const has = (code: number): boolean => ranges.some(({ from, to }) => from <= code && code <= to);
  const escaped = ESCAPED.filter(([code]) => has(code) && (code > CONTROLS || plain.length === 0));
  const members = plain.map(({ from, to }) => (from === to ? member(from) : `${member(from)}-${member(to)}`)).join('');
  return either([
    members === '' ? NEVER : `[${members}]`,
    ...escaped.map(([, text]) => `"${text.replace(/["\\]/g, '\\$&')}"`),
  ]);
}

function without({ from, to }: CodePoints, codes: readonly number[]): readonly CodePoints[] {
  let rest: readonly CodePoints[] = [{ from, to }];
  for (const code of codes) {
    rest = rest.flatMap((range) =>
      code < range.from || code > range.to
        ? [range]
        : [
            { from: range.from, to: code - 1 },
            { from: code + 1, to: range.to },
          ],
    );
  }
  return rest;
}

function member(code: number): string {
  if (/[A-Za-z0-9 ]/.test(String.fromCodePoint(code))) return String.fromCodePoint(code);
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
