/** A stretch of audio, in samples; `end` is the first sample behind it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How windows are cut; lengths in samples. */
export interface WindowLimits {
  readonly longest: number;
  /** A longer pause always separates two windows. */
  readonly longestPause: number;
  /** Spans nearer than this were never apart: the pause between them is none. */
  readonly touching: number;
  /** Silence kept behind a window that ends in a pause. */
  readonly margin: number;
  /** Where to cut between two samples when nobody pauses: the quietest place. */
  quietest(from: number, to: number): number;
}

/** A stretch that speech without a pause is searched for a place to cut, as a part of the longest window. */
const SEARCHED_PART = 0.3;
/** A window is cut at its longest pause behind this part, so that it stays long. */
const CUT_FROM = 0.5;

/**
 * Gathers spans of speech into windows that are as long as possible but no longer than allowed, cut at the longest pauses.
 * Spans come in order; every one lies in one window, but for the cuts in speech without a pause.
 */
export class WindowPlanner {
  readonly #limits: WindowLimits;
  #spans: Span[] = [];

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  /** Takes the next span; returns the windows that are settled now. */
  add(span: Span): Span[] {
    const windows: Span[] = [];
    const last = this.#spans.at(-1);
    if (last !== undefined && span.start - last.end <= this.#limits.touching) {
      this.#spans[this.#spans.length - 1] = { start: last.start, end: span.end };
    } else {
      if (last !== undefined && span.start - last.end > this.#limits.longestPause) windows.push(...this.finish());
      this.#spans.push(span);
    }
    // The last span may still grow, so it is not cut before it is too long by itself.
    while (this.#length() > this.#limits.longest) windows.push(this.#cut());
    return windows;
  }

  /** No more spans come: the rest, as windows. */
  finish(): Span[] {
    const windows: Span[] = [];
    while (this.#length() > this.#limits.longest) windows.push(this.#cut());
    const first = this.#spans[0];
    const last = this.#spans.at(-1);
    this.#spans = [];
    if (first !== undefined && last !== undefined)
      windows.push({ start: first.start, end: last.end + this.#limits.margin });
    return windows;
  }

  #length(): number {
    const first = this.#spans[0];
    const last = this.#spans.at(-1);
    return first === undefined || last === undefined ? 0 : last.end - first.start;
  }

  /** Takes a window from the front of spans that are too long together. */
  #cut(): Span {
    const { longest, margin, quietest } = this.#limits;
    const [first] = this.#spans as [Span, ...Span[]];
    if (first.end - first.start > longest) {
      const cut = quietest(first.start + Math.floor(longest * (1 - SEARCHED_PART)), first.start + longest);
      this.#spans[0] = { start: cut, end: first.end };
      return { start: first.start, end: cut };
    }
    const fitting = this.#spans.filter((span) => span.end - first.start <= longest).length;
    const count = this.#bestCount(fitting);
    const taken = this.#spans.splice(0, count);
    const end = (taken.at(-1) as Span).end;
    const next = this.#spans[0];
    return { start: first.start, end: Math.min(end + margin, next?.start ?? Infinity) };
  }

  /** How many of the spans that fit to take, so that the cut falls into the longest pause. */
  #bestCount(fitting: number): number {
    const [first] = this.#spans as [Span, ...Span[]];
    let best = fitting;
    let longestPause = -1;
    for (let count = 1; count <= fitting; count++) {
      const end = (this.#spans[count - 1] as Span).end;
      const pause = (this.#spans[count]?.start ?? Infinity) - end;
      const isLate = end - first.start >= this.#limits.longest * CUT_FROM || count === fitting;
      if (isLate && pause >= longestPause) {
        best = count;
        longestPause = pause;
      }
    }
    return best;
  }
}
