import type { ChatEvent } from '../engine.ts';
import { EventQueue } from '../worker/event-queue.ts';
import { AnswerText, type ShownText } from './answer-text.ts';
import type { PromptLookup } from './draft.ts';
import type { TokenChances } from './logprobs.ts';
import { tellToken } from './tell-token.ts';

/** Chooses the tokens of one request; freed when the request ends. */
export interface TokenChooser {
  /** The next token, from the logits of a token in the batch that was just evaluated. */
  next(batchIndex: number): number;
  free(): void;
  /** Where the answer stands in the form that it is held to; absent: it has none. */
  readonly stage?: AnswerStage;
  /** What the model thought at the place of the last token; absent or null where nobody asked. */
  readonly chances?: TokenChances | null;
}

/** `free`: held to no form (yet). `open`: it can't end here; `complete`: it may; `final`: nothing can follow. */
export type AnswerStage = 'free' | 'open' | 'complete' | 'final';

/** What an answer needs of a vocabulary. */
export interface Vocabulary {
  pieceOf(token: number): Uint8Array;
  endsAnswer(token: number): boolean;
  /** What a token without bytes is called, such as `<|im_end|>`. */
  nameOf(token: number): string;
}

/** A request in tokens. `prompt.length + maxTokens` is at most the pool. */
export interface TokenRequest {
  readonly prompt: Int32Array;
  readonly maxTokens: number;
  readonly stops: readonly string[];
  readonly chooser: TokenChooser;
  /** Only requests of the same scope share cached prefixes; absent: the common one. */
  readonly scope?: string;
}

/** A request on its way: its tokens so far, and the events that its readers get. */
export class Job {
  readonly request: TokenRequest;
  /** Prompt and answer. */
  readonly tokens: number[];
  readonly scope: string;
  readonly events = new EventQueue<ChatEvent>();
  /** Null: nothing is guessed. */
  readonly lookup: PromptLookup | null;
  readonly #vocabulary: Vocabulary;
  readonly #text: AnswerText;
  #written = 0;
  #promptReported = false;
  #cachedTokens: number | null = null;
  #ended = false;

  constructor(
    request: TokenRequest,
    vocabulary: Vocabulary,
    makeLookup: ((tokens: readonly number[]) => PromptLookup) | null,
  ) {
    this.request = request;
    this.scope = request.scope ?? '';
    this.tokens = Array.from(request.prompt);
    this.lookup = makeLookup === null ? null : makeLookup(this.tokens);
    this.#vocabulary = vocabulary;
    this.#text = new AnswerText(request.stops);
  }

  /** Whether its readers got the last event. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Tokens it may still write. */
  get room(): number {
    return this.request.maxTokens - this.#written;
  }

  /** Notes how many prompt tokens needed no evaluation; the first note counts. */
  noteCached(tokens: number): void {
    this.#cachedTokens ??= tokens;
  }

  /** Chooses the next token by the logits of a batch token and hands its text out; null when the answer ended without one. */
  write(output: number): number | null {
    if (!this.#promptReported) {
      this.#promptReported = true;
      this.events.push({
        kind: 'prompt',
        promptTokens: this.request.prompt.length,
        cachedTokens: this.#cachedTokens ?? 0,
      });
    }
    if (this.room <= 0) {
      this.#finish('length');
      return null;
    }
    const token = this.request.chooser.next(output);
    this.tokens.push(token);
    this.#written++;
    if (this.#vocabulary.endsAnswer(token)) {
      this.#finish('stop');
      return token;
    }
    const { chances, stage } = this.request.chooser;
    const told = chances === null || chances === undefined ? null : tellToken(token, chances, this.#vocabulary);
    const matched = this.#text.push(this.#vocabulary.pieceOf(token), told);
    this.#show(matched);
    if (matched.stopped) this.#end('stop');
    else if (stage === 'final') this.#finish('stop');
    else if (this.room <= 0) this.#finish(stage === 'complete' ? 'stop' : 'length');
    return token;
  }

  /** Ends the answer with an error. */
  failWith(error: Error): void {
    this.#ended = true;
    this.events.finishWith(error);
  }

  /** Gives out what was held back, then ends the answer. */
  #finish(reason: 'stop' | 'length'): void {
    const matched = this.#text.flush();
    this.#show(matched);
    this.#end(matched.stopped ? 'stop' : reason);
  }

  #show({ text, tokens }: ShownText): void {
    if (tokens.length > 0) this.events.push({ kind: 'text-delta', text, logprobs: tokens });
    else if (text !== '') this.events.push({ kind: 'text-delta', text });
  }

  #end(reason: 'stop' | 'length'): void {
    this.#ended = true;
    const stopped = this.#text.stoppedBy;
    this.events.push({ kind: 'finish', reason, completionTokens: this.#written, ...(stopped !== null && { stopped }) });
    this.events.end();
  }
}
