/** How turns are told from a stream of scores. */
export interface TurnOptions {
  /** From 0 to 1: how sure the detector must be that somebody speaks. */
  readonly threshold: number;
  /** A pause of so many milliseconds ends a turn. */
  readonly silenceMs: number;
  /** A pause of so many milliseconds may be the end of a turn; it is told so that work can begin ahead. */
  readonly pauseMs: number;
}

/** Times are milliseconds from the start of the stream. */
export type TurnEvent =
  /** Somebody has begun to speak, at `atMs`. */
  | { readonly kind: 'started'; readonly atMs: number }
  /** They pause, which may be the end of the turn, up to `atMs`. */
  | { readonly kind: 'paused'; readonly atMs: number }
  /** They speak on after a pause that was told. */
  | { readonly kind: 'resumed' }
  /** They have been silent for long enough; `atMs` is the end of that silence, `voiceEndMs` its beginning. */
  | { readonly kind: 'stopped'; readonly atMs: number; readonly voiceEndMs: number };

/** Milliseconds that one score stands for. */
export const FRAME_MS = 32;
/** A voice must last so many frames to count: a click or a knock lasts one. */
const LEAST_FRAMES = 2;
/** Somebody who speaks already is believed to go on at a lower score, as in Silero's own streaming iterator. */
const HYSTERESIS = 0.15;
const LOWEST = 0.01;

/** Finds the turns of a speaker in a stream of scores, 32 ms each. A state machine without time or I/O of its own. */
export class TurnDetector {
  #options: TurnOptions;
  #frames = 0;
  /** Frames of voice in a row, while nobody speaks yet. */
  #voiced = 0;
  #speaking = false;
  #paused = false;
  /** The end of the last frame with a voice. */
  #voiceEndMs = 0;

  constructor(options: TurnOptions) {
    this.#options = options;
  }

  /** Whether somebody is in the middle of a turn. */
  get speaking(): boolean {
    return this.#speaking;
  }

  /** Changes how turns are told, from the next score on. */
  configure(options: TurnOptions): void {
    this.#options = options;
  }

  /** Takes the next scores; what they settle, in order. */
  push(scores: Iterable<number>): TurnEvent[] {
    const events: TurnEvent[] = [];
    for (const score of scores) {
      const event = this.#next(score);
      if (event !== null) events.push(event);
    }
    return events;
  }

  /** Forgets a turn that has begun: whoever took its sound has ended it. */
  reset(): void {
    this.#speaking = false;
    this.#paused = false;
    this.#voiced = 0;
  }

  #next(score: number): TurnEvent | null {
    const startMs = this.#frames * FRAME_MS;
    const endMs = startMs + FRAME_MS;
    this.#frames += 1;
    const { threshold, silenceMs, pauseMs } = this.#options;
    const needed = this.#speaking ? Math.max(LOWEST, threshold - HYSTERESIS) : threshold;
    const voice = score >= needed;
    if (voice) this.#voiceEndMs = endMs;
    if (!this.#speaking) {
      this.#voiced = voice ? this.#voiced + 1 : 0;
      if (this.#voiced < LEAST_FRAMES) return null;
      this.#speaking = true;
      return { kind: 'started', atMs: endMs - this.#voiced * FRAME_MS };
    }
    if (voice) return this.#resume();
    const silentMs = endMs - this.#voiceEndMs;
    if (silentMs >= silenceMs) {
      this.reset();
      return { kind: 'stopped', atMs: endMs, voiceEndMs: this.#voiceEndMs };
    }
    if (this.#paused || silentMs < pauseMs) return null;
    this.#paused = true;
    return { kind: 'paused', atMs: endMs };
  }

  #resume(): TurnEvent | null {
    if (!this.#paused) return null;
    this.#paused = false;
    return { kind: 'resumed' };
  }
}
