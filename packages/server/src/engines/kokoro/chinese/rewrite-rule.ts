/** One way in which text is written for the eye, and how it is said. `say` gets the match and its groups. */
export interface RewriteRule {
  /** With the flags `g` and `u`. */
  readonly find: RegExp;
  readonly say: (match: string, ...groups: string[]) => string;
}

/** Applies the rules one after the other, each to the whole text that the one before it left. */
export function rewrite(text: string, rules: readonly RewriteRule[]): string {
  return rules.reduce((current, rule) => current.replace(rule.find, rule.say as (...found: string[]) => string), text);
}
