import { collapseEqualSegments, collapseRepeats } from './collapse-repeats.ts';
import { withLeadingSpace } from './languages.ts';
import type { PcmStore } from './pcm-store.ts';
import type { Span } from './plan-windows.ts';
import { quietestSample } from './quietest-sample.ts';
import { type HeardWord, readWords } from './read-words.ts';
import { soundingPart } from './sounding-part.ts';
import { textOfHex } from './token-table.ts';
import { SAMPLE_RATE, type SherpaRecognizer, type SherpaResult } from './sherpa.ts';

/** What was said in a part of the audio. */
export interface HeardSegment {
  readonly text: string;
  /** Seconds from the start of the audio. */
  readonly start: number;
  readonly end: number;
  /** Whisper's code. */
  readonly language: string;
  /** Its words; null: the model was not asked, or does not tell. */
  readonly words: readonly HeardWord[] | null;
}

/** sherpa-onnx lets Whisper write so many tokens for each second that it is given. */
const TOKENS_PER_SECOND = 6;
/** Silence that is added behind a window for the sake of that limit; short windows would be cut off without it. */
const PADDING_SECONDS = 6;
/** sherpa-onnx drops what is longer. */
const LONGEST_INPUT_SECONDS = 29.4;
/** Shorter pieces are not cut again. */
const SHORTEST_PIECE_SECONDS = 4;

/**
 * Recognises one window of at most 28 s. When the model ran out of tokens (fast speech, or a loop), the window is cut in
 * two at a quiet place and recognised again. Text that repeats itself absurdly is shortened.
 */
export async function recogniseWindow(
  recognizer: SherpaRecognizer,
  samples: PcmStore,
  window: Span,
  signal: AbortSignal,
): Promise<HeardSegment[]> {
  signal.throwIfAborted();
  const seconds = (window.end - window.start) / SAMPLE_RATE;
  const inputSeconds = Math.max(seconds, Math.min(seconds + PADDING_SECONDS, LONGEST_INPUT_SECONDS));
  const stream = recognizer.createStream();
  const input = new Float32Array(Math.ceil(inputSeconds * SAMPLE_RATE));
  input.set(samples.read(window.start, window.end));
  stream.acceptWaveform({ samples: input, sampleRate: SAMPLE_RATE });
  const result = await recognizer.decodeAsync(stream);
  if (ranOut(result, inputSeconds) && seconds >= 2 * SHORTEST_PIECE_SECONDS) {
    const middle = cutNearMiddle(samples, window);
    return [
      ...(await recogniseWindow(recognizer, samples, { start: window.start, end: middle }, signal)),
      ...(await recogniseWindow(recognizer, samples, { start: middle, end: window.end }, signal)),
    ];
  }
  return collapseEqualSegments(readSegments(result, window, input));
}

/** Whether the model may have stopped for want of tokens; the two time marks of a segment count as tokens. */
export function ranOut(result: SherpaResult, inputSeconds: number): boolean {
  const marks = 2 * result.segment_texts.length;
  return result.tokens.length + marks >= Math.floor(inputSeconds * TOKENS_PER_SECOND) - 1;
}

/** The result's segments in the file's time: in order, inside the window, without empty ones. `input`: the sound that the model was given. */
export function readSegments(result: SherpaResult, window: Span, input: Float32Array): HeardSegment[] {
  const offset = window.start / SAMPLE_RATE;
  const length = (window.end - window.start) / SAMPLE_RATE;
  const language = result.lang;
  const segments: HeardSegment[] = [];
  const words = readWords(result, (span) => soundingPart(input, span));
  let earliest = 0;
  result.segment_texts.forEach((raw, index) => {
    const heard = textOfHex(raw);
    const text = collapseRepeats(heard).trim();
    if (!/[\p{L}\p{N}]/u.test(text)) return;
    const marked = result.segment_timestamps[index] ?? 0;
    const duration = result.segment_durations[index] ?? 0;
    const start = Math.min(Math.max(marked, earliest), length);
    const closed = duration > 0 ? marked + duration : (result.segment_timestamps[index + 1] ?? length);
    const end = Math.min(Math.max(closed, start), length);
    earliest = end;
    // Of a loop that was shortened nothing tells which of its words were said.
    const said = text === heard.trim() ? (words?.[index] ?? []) : [];
    segments.push({
      text: withLeadingSpace(text),
      start: offset + start,
      end: offset + end,
      language,
      words: words === null ? null : inFileTime(said, offset, length),
    });
  });
  return segments;
}

/** Words in the file's time, none longer than the window. */
function inFileTime(words: readonly HeardWord[], offset: number, length: number): HeardWord[] {
  return words.map(({ text, start, end }) => ({
    text,
    start: offset + Math.min(Math.max(start, 0), length),
    end: offset + Math.min(Math.max(end, 0), length),
  }));
}

function cutNearMiddle(samples: PcmStore, window: Span): number {
  const length = window.end - window.start;
  const from = window.start + Math.floor(length * 0.35);
  const to = window.start + Math.floor(length * 0.65);
  return from + quietestSample(samples.read(from, to));
}
