import { Buffer } from 'node:buffer';
import type { GrammarState } from './grammar-machine.ts';
import type { PreparedGrammar } from './prepared-grammars.ts';
import type { AllowedTokens, TokenTexts } from './token-trie.ts';

export interface AnswerGuideOptions {
  readonly grammar: PreparedGrammar;
  readonly vocabulary: TokenTexts;
  /** Text after which the grammar begins; absent: it holds from the first token on. */
  readonly trigger?: string;
  /** Most tokens of the answer. */
  readonly maxTokens: number;
}

/** Where an answer stands: before its trigger text, of which it may have written the beginning, or within the grammar. */
type Progress =
  { readonly kind: 'free'; readonly tail: Uint8Array } | { readonly kind: 'held'; readonly state: GrammarState };

/**
 * Follows one answer through its grammar, token by token, and sees to it that it can be completed before its tokens run out: when
 * those that are left only just suffice for the shortest ending, it names the tokens of that ending.
 */
export class AnswerGuide {
  readonly #grammar: PreparedGrammar;
  readonly #vocabulary: TokenTexts;
  readonly #trigger: Uint8Array;
  #progress: Progress;
  /** Tokens that may still be written. */
  #left: number;
  #ending: number[] = [];

  constructor({ grammar, vocabulary, trigger = '', maxTokens }: AnswerGuideOptions) {
    this.#grammar = grammar;
    this.#vocabulary = vocabulary;
    this.#trigger = Buffer.from(trigger, 'utf8');
    this.#left = maxTokens;
    this.#progress =
      trigger === '' ? { kind: 'held', state: grammar.machine.start() } : { kind: 'free', tail: new Uint8Array(0) };
  }

  /** `final`: the answer is complete and nothing can follow; `complete`: it may end here. */
  get stage(): 'free' | 'open' | 'complete' | 'final' {
    if (this.#progress.kind === 'free') return 'free';
    const { complete, final } = this.#progress.state;
    return complete ? (final ? 'final' : 'complete') : 'open';
  }

  /** The token that must be next, because the answer has to be brought to its end now; null: the model chooses. */
  forced(): number | null {
    return this.#ending.shift() ?? null;
  }

  /** Whether the model may go on with this token; if so the guide goes on with it, or asks for the ending instead (see `forced`). */
  accept(token: number): 'accepted' | 'refused' | 'ending' {
    const before = this.#progress;
    const after = this.#after(before, token);
    if (after === null) return 'refused';
    if (before.kind === 'held' && after.kind === 'held' && !this.#vocabulary.endsAnswer(token)) {
      if (this.#tooLate(after.state)) {
        const ending = this.#spell(before.state);
        // An answer that never had room for its shortest ending is not cut short further: it ends with the token limit.
        if (ending !== null && ending.length <= this.#left) {
          this.#ending = ending.length > 0 ? ending : [this.#grammar.trie().endToken];
          return 'ending';
        }
      }
    }
    this.#progress = after;
    this.#left--;
    return 'accepted';
  }

  /** Goes on with a token that was forced. */
  follow(token: number): void {
    const after = this.#after(this.#progress, token);
    if (after === null) throw new Error('a forced token does not fit into the grammar');
    this.#progress = after;
    this.#left--;
  }

  /** Tokens that can follow; null while everything can. */
  allowed(): AllowedTokens | null {
    return this.#progress.kind === 'free' ? null : this.#grammar.allowed(this.#progress.state);
  }

  #after(progress: Progress, token: number): Progress | null {
    const ends = this.#vocabulary.endsAnswer(token);
    if (progress.kind === 'held') {
      if (ends) return progress.state.complete ? progress : null;
      const piece = this.#vocabulary.pieceOf(token);
      const state = piece.length === 0 ? null : this.#grammar.machine.run(progress.state, piece);
      return state === null ? null : { kind: 'held', state };
    }
    if (ends) return progress;
    const text = Buffer.concat([progress.tail, this.#vocabulary.pieceOf(token)]);
    const found = text.indexOf(this.#trigger);
    if (found < 0) return { kind: 'free', tail: text.subarray(Math.max(0, text.length - this.#trigger.length + 1)) };
    const { machine } = this.#grammar;
    const state = machine.run(machine.start(), text.subarray(found + this.#trigger.length));
    return state === null ? null : { kind: 'held', state };
  }

  /** Whether a state can't be brought to its end once another token was spent on reaching it. */
  #tooLate(state: GrammarState): boolean {
    // Every byte is a token at worst: most of the time that is enough to know.
    if (state.shortestBytes <= this.#left - 1) return false;
    const tokens = this.#spell(state);
    return tokens === null || tokens.length > this.#left - 1;
  }

  #spell(state: GrammarState): number[] | null {
    return this.#grammar.trie().spell(this.#grammar.machine.shortestEnd(state));
  }
}
