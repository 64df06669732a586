import type { ChatEvent, TokenLogprob } from '../../engines/engine.ts';
import type { ReasoningProfile } from './profile.ts';
import { type SplitOptions, type Stretch, ThoughtSplitter } from './split-thoughts.ts';
import { MarkStripper } from './strip-marks.ts';

/** What becomes of thoughts: told beside the answer, left in its text with their tags, or not told. */
export type ThoughtsGo = 'beside' | 'in-text' | 'nowhere';

export interface ShapeOptions {
  readonly profile: ReasoningProfile;
  readonly thoughts: ThoughtsGo;
  /** Where the text begins; null: tags in it are not looked for. */
  readonly begins: SplitOptions['begins'] | null;
}

/**
 * Shapes what an engine tells of one answer as the caller is to get it: thoughts go where they belong, whether the engine split them off
 * or they stand in the text between tags, and marks that are no part of the answer are taken out.
 */
export class AnswerShaper {
  readonly #options: ShapeOptions;
  readonly #splitter: ThoughtSplitter | null;
  readonly #stripper: MarkStripper;
  #logprobs: TokenLogprob[] = [];
  /** In the text, whether the last that was written is a thought. */
  #thoughtOpen = false;
  #thoughtUnits = 0;
  #answerUnits = 0;
  /** An open tag that stands in the prompt: who reads the thoughts in the text needs it. */
  #prefix: string;

  constructor(options: ShapeOptions) {
    const { profile, begins, thoughts } = options;
    this.#options = options;
    this.#splitter =
      begins === null || thoughts === 'in-text'
        ? null
        : new ThoughtSplitter({ open: profile.open, close: profile.close, begins });
    this.#stripper = new MarkStripper(profile.cleanup);
    this.#prefix = thoughts === 'in-text' && begins === 'inside' ? `${profile.open}\n` : '';
  }

  /** More text, as the engine wrote it. */
  text(text: string, logprobs: readonly TokenLogprob[] = []): ChatEvent[] {
    this.#logprobs.push(...logprobs);
    const stretches: Stretch[] = this.#splitter?.push(text) ?? [{ kind: 'answer', text }];
    return this.#tell(stretches);
  }

  /** More of a thought. */
  thought(text: string): ChatEvent[] {
    return this.#tell([{ kind: 'thought', text }]);
  }

  /** What was held back, before something else than text comes or the answer ends. */
  flush(): ChatEvent[] {
    const events = this.#tell(this.#splitter?.flush() ?? []);
    return [...events, ...this.#textEvents(this.#closeThought() + this.#stripper.flush(), true)];
  }

  /** Of so many tokens, about how many went into thoughts: by the length of both, because engines don't tell. */
  thoughtTokens(completionTokens: number): number {
    const units = this.#thoughtUnits + this.#answerUnits;
    return units === 0 ? 0 : Math.round((completionTokens * this.#thoughtUnits) / units);
  }

  #tell(stretches: readonly Stretch[]): ChatEvent[] {
    return stretches.flatMap(({ kind, text }): ChatEvent[] => {
      if (text === '' && this.#logprobs.length === 0) return [];
      if (kind === 'answer') {
        this.#answerUnits += text.length;
        return this.#textEvents(this.#stripper.push(this.#takePrefix() + this.#closeThought() + text));
      }
      this.#thoughtUnits += text.length;
      this.#logprobs = [];
      switch (this.#options.thoughts) {
        case 'beside':
          return [{ kind: 'reasoning-delta', text }];
        case 'in-text':
          return this.#textEvents(this.#stripper.push(this.#openThought() + text));
        case 'nowhere':
          return [];
      }
    });
  }

  #takePrefix(): string {
    const prefix = this.#prefix;
    this.#prefix = '';
    return prefix;
  }

  #openThought(): string {
    if (this.#thoughtOpen) return '';
    this.#thoughtOpen = true;
    return `${this.#options.profile.open}\n`;
  }

  #closeThought(): string {
    if (!this.#thoughtOpen) return '';
    this.#thoughtOpen = false;
    return `\n${this.#options.profile.close}\n\n`;
  }

  #textEvents(text: string, last = false): ChatEvent[] {
    if (text === '' && (!last || this.#logprobs.length === 0)) return [];
    const logprobs = this.#logprobs;
    this.#logprobs = [];
    return [logprobs.length > 0 ? { kind: 'text-delta', text, logprobs } : { kind: 'text-delta', text }];
  }
}
