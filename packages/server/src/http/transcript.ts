import type { VerboseTranscription } from '@concert/protocol';
import { deflateSync } from 'node:zlib';
import type { AsrEvent } from '../pipeline/request.ts';

/** A piece of a recording with its times. */
export type Segment = Omit<Extract<AsrEvent, { kind: 'segment' }>, 'kind'>;

/** A recording, written down. */
export interface Transcript {
  readonly durationSeconds: number;
  /** ISO 639-1; null where no speech was heard. */
  readonly language: string | null;
  readonly segments: readonly Segment[];
}

/** Scripts that put no space between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\uff00-\uffef]/u;

/** What stands between a text and the next segment's: a space, unless the script has none. */
export function joint(before: string, next: string): string {
  const last = before.at(-1);
  const first = next.at(0);
  if (last === undefined || first === undefined) return '';
  return UNSPACED.test(last) && UNSPACED.test(first) ? '' : ' ';
}

/** The whole text. */
export function transcriptText(segments: readonly Segment[]): string {
  return segments.reduce((text, { text: next }) => text + joint(text, next.trim()) + next.trim(), '');
}

/** SubRip subtitles. */
export function toSrt(segments: readonly Segment[]): string {
  return segments.map((segment, at) => `${at + 1}\n${span(segment, ',')}\n${segment.text.trim()}\n\n`).join('');
}

/** WebVTT subtitles (W3C). */
export function toVtt(segments: readonly Segment[]): string {
  return `WEBVTT\n\n${segments.map((segment) => `${span(segment, '.')}\n${segment.text.trim()}\n\n`).join('')}`;
}

function span(segment: Segment, point: string): string {
  return `${timestamp(segment.startSeconds, point)} --> ${timestamp(segment.endSeconds, point)}`;
}

function timestamp(seconds: number, point: string): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${point}${String(ms % 1000).padStart(3, '0')}`;
}

/** What a `verbose_json` is to hold. */
export interface VerboseOptions {
  readonly task: VerboseTranscription['task'];
  /** Whose times are told; none: the segments'. */
  readonly granularities: readonly ('segment' | 'word')[];
}

/** OpenAI's `verbose_json`; what Whisper reports and we do not measure is 0. */
export function toVerbose(transcript: Transcript, { task, granularities }: VerboseOptions): VerboseTranscription {
  const { segments } = transcript;
  const withWords = granularities.includes('word');
  return {
    task,
    language: languageName(transcript.language),
    duration: transcript.durationSeconds,
    text: transcriptText(segments),
    ...(withWords && { words: segments.flatMap(({ words = [] }) => words.map(toWord)) }),
    ...((!withWords || granularities.includes('segment')) && { segments: segments.map(toSegment) }),
    usage: { type: 'duration', seconds: transcript.durationSeconds },
  };
}

function toSegment(segment: Segment, id: number): NonNullable<VerboseTranscription['segments']>[number] {
  return {
    id,
    seek: Math.round(segment.startSeconds * 100),
    start: segment.startSeconds,
    end: segment.endSeconds,
    text: segment.text,
    tokens: [],
    temperature: 0,
    avg_logprob: 0,
    compression_ratio: compressionRatio(segment.text),
    no_speech_prob: 0,
  };
}

function toWord(word: NonNullable<Segment['words']>[number]): { word: string; start: number; end: number } {
  return { word: word.text, start: milliseconds(word.startSeconds), end: milliseconds(word.endSeconds) };
}

/** Seconds without the noise of their last digits. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** As Whisper defines it: bytes over deflated bytes; high for text that repeats itself. */
function compressionRatio(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length / deflateSync(bytes).length;
}

/** Whisper's names are the English ones in lower case; clients look them up. */
function languageName(code: string | null): string {
  if (code === null) return 'unknown';
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(code)?.toLowerCase() ?? code;
}
