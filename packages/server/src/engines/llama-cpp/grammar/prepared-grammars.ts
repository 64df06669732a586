import { compileGrammar } from './compile-grammar.ts';
import { GrammarMachine, type GrammarState } from './grammar-machine.ts';
import { grammarError, parseGbnf } from './gbnf-syntax.ts';
import { type AllowedTokens, TokenTrie, type TokenTexts } from './token-trie.ts';

/** A grammar that is ready for a model's vocabulary. */
export interface PreparedGrammar {
  readonly machine: GrammarMachine;
  /** The vocabulary as a tree, made when it is first needed. */
  trie(): TokenTrie;
  /** Which tokens can follow a text in this state. */
  allowed(state: GrammarState): AllowedTokens;
}

/** Grammars that stay prepared: an agent's tools and a program's schemas come again with every request. */
const MOST_GRAMMARS = 8;
/** States of a grammar whose allowed tokens are remembered; for each a byte per token of the vocabulary at worst. */
const MOST_REMEMBERED = 32;
const MOST_CHARACTERS = 2_000_000;

/** Prepares grammars for one vocabulary and keeps those that were used last. */
export class PreparedGrammars {
  readonly #vocabulary: TokenTexts;
  readonly #prepared = new Map<string, PreparedGrammar>();
  #trie: TokenTrie | null = null;

  constructor(vocabulary: TokenTexts) {
    this.#vocabulary = vocabulary;
  }

  /** The grammar of this text (GBNF). Throws `invalid_request` with the reason when it can't be used. */
  prepare(gbnf: string): PreparedGrammar {
    const prepared = this.#prepared.get(gbnf) ?? this.#compile(gbnf);
    this.#prepared.delete(gbnf);
    this.#prepared.set(gbnf, prepared);
    for (const oldest of this.#prepared.keys()) {
      if (this.#prepared.size <= MOST_GRAMMARS) break;
      this.#prepared.delete(oldest);
    }
    return prepared;
  }

  #compile(gbnf: string): PreparedGrammar {
    if (gbnf.length > MOST_CHARACTERS) throw grammarError(`it is longer than ${MOST_CHARACTERS} characters`);
    const machine = new GrammarMachine(compileGrammar(parseGbnf(gbnf)));
    const remembered = new Map<GrammarState, AllowedTokens>();
    const trie = (): TokenTrie => (this.#trie ??= new TokenTrie(this.#vocabulary));
    const allowed = (state: GrammarState): AllowedTokens => {
      const tokens = remembered.get(state) ?? trie().allowed(machine, state);
      remembered.delete(state);
      remembered.set(state, tokens);
      const [oldest] = remembered.keys();
      if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
      return tokens;
    };
    return { machine, trie, allowed };
  }
}
