/** Rules in llama.cpp's notation: the right-hand side of each by its name, and the one that is the whole. */
export interface GbnfRules {
  readonly root: string;
  readonly rules: ReadonlyMap<string, string>;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

/** A text as a literal of a grammar. */
export function gbnfLiteral(text: string): string {
  return `"${Array.from(text, escaped).join('')}"`;
}

/** Controls are written as numbers, so that no line of a grammar is cut. */
function escaped(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  const visible = code >= 0x20 && code !== 0x7f && code !== 0x2028 && code !== 0x2029;
  return visible ? character : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The text of a grammar whose rule `root` is the given one. */
export function gbnfText(root: string, rules: ReadonlyMap<string, string>): string {
  const lines = Array.from(rules, ([name, body]) => `${name} ::= ${body}`);
  return [`root ::= ${root}`, ...lines].join('\n');
}
