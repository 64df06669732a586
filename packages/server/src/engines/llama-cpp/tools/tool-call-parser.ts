import { partialMatchLength } from '../../../shared/partial-match.ts';
import { CallReader } from './call-reader.ts';
import { CALL_CLOSE, CALL_OPEN } from './hermes.ts';
import { jsonEnd } from './json-end.ts';
import { mayBeBareCalls, readBareCalls, readCalls, type WrittenCall } from './read-calls.ts';

/** What a stretch of an answer is. A call's arguments follow it. */
export type Parsed =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly name: string }
  | { readonly kind: 'arguments'; readonly text: string };

export interface ToolCallParserOptions {
  /** The functions that may be called. */
  readonly names: ReadonlySet<string>;
  /** Whether a grammar holds what stands between the tags to calls: then arguments are given out while they are written. */
  readonly held: boolean;
  readonly mostCalls: number;
}

/**
 * `bare`: all of it may be calls without tags. `text`: none of it is a call so far. `call`: behind an open tag. `reading`: within a call that
 * a grammar holds. `behind`: a call is complete, its close tag may follow, or another call.
 */
type Mode =
  | { readonly kind: 'bare' | 'text' | 'behind' }
  /** `opening`: the tag and the white space around it, which are text should no call follow. */
  | { readonly kind: 'call'; readonly opening: string }
  | { readonly kind: 'reading'; readonly reader: CallReader; readonly begun: string };

const FENCE = /^\s*```(?:json|tool_calls?)?$/;

/**
 * Finds calls in an answer while it is written, whatever pieces it comes in: JSON between `<tool_call>` tags, or an answer that is nothing
 * but such JSON. What only looks like a call (broken JSON, an unknown function) is given out as the text it is. White space around calls is
 * dropped, every other character is given out once, in order.
 */
export class ToolCallParser {
  readonly #options: ToolCallParserOptions;
  #mode: Mode = { kind: 'bare' };
  /** What is not decided yet. */
  #buffer = '';
  #calls = 0;
  /** Text was given out since the last call. */
  #wrote = false;

  constructor(options: ToolCallParserOptions) {
    this.#options = options;
  }

  /** Calls found so far. */
  get calls(): number {
    return this.#calls;
  }

  push(piece: string): Parsed[] {
    const parsed: Parsed[] = [];
    this.#buffer += piece;
    while (this.#advance(parsed));
    return parsed;
  }

  /** What was held back, when no more text comes. */
  flush(): Parsed[] {
    const parsed: Parsed[] = [];
    const mode = this.#mode;
    const rest = this.#buffer;
    this.#enter({ kind: 'text' }, '');
    switch (mode.kind) {
      case 'bare': {
        const calls = readBareCalls(rest, this.#options.names);
        if (calls === null) this.#write(rest, parsed);
        else this.#tell(calls, parsed);
        break;
      }
      case 'text':
        if (this.#calls === 0 || this.#wrote || rest.trim() !== '') this.#write(rest, parsed);
        break;
      case 'call':
        this.#write(mode.opening + rest, parsed);
        break;
      case 'reading':
        if (mode.reader.name === null) this.#write(mode.begun, parsed);
        break;
      case 'behind':
        if (!CALL_CLOSE.startsWith(rest.trim())) this.#write(rest, parsed);
    }
    return parsed;
  }

  /** Decides some of the text; false when more of it is needed. */
  #advance(parsed: Parsed[]): boolean {
    switch (this.#mode.kind) {
      case 'bare':
        return !mayBeBareCalls(this.#buffer, this.#options.names) && this.#enter({ kind: 'text' }, this.#buffer);
      case 'text':
        return this.#advanceText(parsed);
      case 'call':
        return this.#advanceCall(this.#mode.opening, parsed);
      case 'reading':
        return this.#advanceReading(this.#mode, parsed);
      case 'behind':
        return this.#advanceBehind();
    }
  }

  #advanceText(parsed: Parsed[]): boolean {
    const text = this.#buffer;
    const open = text.indexOf(CALL_OPEN);
    const words = open === -1 ? text.length - partialMatchLength(text, [CALL_OPEN]) : open;
    const before = text.slice(0, words).trimEnd();
    // A fence around tags is no more an answer than the tags are.
    const told = this.#calls === 0 && !this.#wrote && FENCE.test(before) ? '' : before;
    this.#write(told, parsed);
    if (open === -1) {
      this.#buffer = text.slice(told.length);
      return false;
    }
    const end = open + CALL_OPEN.length;
    return this.#enter({ kind: 'call', opening: text.slice(told.length, end) }, text.slice(end));
  }

  #advanceCall(opening: string, parsed: Parsed[]): boolean {
    const text = this.#buffer.trimStart();
    if (text === '') return false;
    const before = opening + this.#buffer.slice(0, this.#buffer.length - text.length);
    if (text.startsWith('{') && this.#options.held) {
      return this.#enter({ kind: 'reading', reader: new CallReader(), begun: before }, text);
    }
    const end = text.startsWith('{') || text.startsWith('[') ? jsonEnd(text, 0) : -1;
    if (end === null && mayBeBareCalls(text, this.#options.names)) return false;
    const calls = end === null || end === -1 ? null : readCalls(text.slice(0, end), this.#options.names);
    if (calls === null) {
      this.#write(opening, parsed);
      return this.#enter({ kind: 'text' }, this.#buffer);
    }
    this.#tell(calls, parsed);
    return this.#enter({ kind: 'behind' }, text.slice(end ?? 0));
  }

  #advanceReading({ reader, begun }: Extract<Mode, { kind: 'reading' }>, parsed: Parsed[]): boolean {
    const known = reader.name !== null;
    const { text, taken, ended } = reader.push(this.#buffer);
    const rest = this.#buffer.slice(taken);
    if (!known && reader.name !== null) this.#begin(reader.name, parsed);
    if (text !== '' && this.#isTold()) parsed.push({ kind: 'arguments', text });
    if (ended) return this.#enter({ kind: 'behind' }, rest);
    this.#enter({ kind: 'reading', reader, begun: known ? begun : begun + this.#buffer }, rest);
    return false;
  }

  #advanceBehind(): boolean {
    const text = this.#buffer.trimStart();
    if (text.startsWith(CALL_CLOSE)) return this.#enter({ kind: 'text' }, text.slice(CALL_CLOSE.length));
    if (CALL_CLOSE.startsWith(text)) return false;
    const opening = this.#buffer.slice(0, this.#buffer.length - text.length);
    const another = text.startsWith('{') || text.startsWith('[');
    return another ? this.#enter({ kind: 'call', opening }, text) : this.#enter({ kind: 'text' }, this.#buffer);
  }

  #enter(mode: Mode, rest: string): true {
    this.#mode = mode;
    this.#buffer = rest;
    return true;
  }

  #write(text: string, parsed: Parsed[]): void {
    if (text === '') return;
    this.#wrote = true;
    parsed.push({ kind: 'text', text });
  }

  #isTold(): boolean {
    return this.#calls <= this.#options.mostCalls;
  }

  #begin(name: string, parsed: Parsed[]): void {
    this.#calls++;
    this.#wrote = false;
    if (this.#isTold()) parsed.push({ kind: 'call', name });
  }

  #tell(calls: readonly WrittenCall[], parsed: Parsed[]): void {
    for (const call of calls) {
      this.#begin(call.name, parsed);
      if (this.#isTold()) parsed.push({ kind: 'arguments', text: call.arguments });
    }
  }
}
