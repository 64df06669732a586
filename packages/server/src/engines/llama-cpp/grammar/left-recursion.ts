import { ELEMENT, type GrammarElements, type ShortestTexts } from './compiled-grammar.ts';
import { elementBytes } from './shortest-texts.ts';

/**
 * A rule that may begin with itself, through others too, before a byte is written; null when there is none. Such a rule would have no end.
 */
export function findLeftRecursion(grammar: GrammarElements, shortest: ShortestTexts): number | null {
  const begins = leftmostRules(grammar, shortest);
  // Rules that begin with none that is left are taken away until none can be: what stays begins in circles.
  const open = begins.map((rules) => rules.length);
  const users = invert(begins);
  const free = open.flatMap((count, rule) => (count === 0 ? [rule] : []));
  let left = begins.length;
  for (let rule = free.pop(); rule !== undefined; rule = free.pop()) {
    left--;
    for (const user of users[rule] ?? []) {
      const count = (open[user] as number) - 1;
      open[user] = count;
      if (count === 0) free.push(user);
    }
  }
  return left === 0 ? null : inCircle(begins, open);
}

/** From any rule that stayed, following such as stayed leads into a circle. */
function inCircle(begins: readonly (readonly number[])[], open: readonly number[]): number {
  let rule = open.findIndex((count) => count > 0);
  for (const seen = new Set<number>(); !seen.has(rule);) {
    seen.add(rule);
    rule = begins[rule]?.find((next) => (open[next] ?? 0) > 0) ?? rule;
  }
  return rule;
}

/** For each rule the rules with which its alternatives may begin. */
function leftmostRules(grammar: GrammarElements, shortest: ShortestTexts): number[][] {
  return grammar.rules.map((starts) => {
    const found: number[] = [];
    for (const start of starts) {
      for (let place = start; ; place++) {
        const kind = grammar.kinds[place];
        if (kind !== ELEMENT.rule && kind !== ELEMENT.repeat) break;
        const target = grammar.targets[place] as number;
        found.push(target);
        if (elementBytes(grammar, shortest, place) > 0) break;
      }
    }
    return found;
  });
}

function invert(edges: readonly (readonly number[])[]): number[][] {
  const users: number[][] = edges.map(() => []);
  for (const [from, targets] of edges.entries()) for (const to of targets) users[to]?.push(from);
  return users;
}
