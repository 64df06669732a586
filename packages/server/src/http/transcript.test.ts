import { expect, test } from 'vitest';
import { type Segment, toSrt, toVerbose, toVtt, transcriptText } from './transcript.ts';

const at = (text: string, startSeconds: number, endSeconds: number): Segment => ({
  text,
  startSeconds,
  endSeconds,
  language: 'en',
});
const ASKED = { task: 'transcribe', granularities: [] } as const;
const SEGMENTS = [at(' Try again.', 0, 1.25), at('Fail better. ', 3661.0004, 3662.9996)];

test('segments are joined with spaces, Chinese ones without', () => {
  expect(transcriptText(SEGMENTS)).toBe('Try again. Fail better.');
  expect(transcriptText([at('你好。', 0, 1), at('今天天气很好', 1, 2), at('OK', 2, 3)])).toBe('你好。今天天气很好 OK');
  expect(transcriptText([at('', 0, 1), at(' ', 1, 2), at('a', 1, 2)])).toBe('a');
});

test('SubRip numbers its captions and writes a comma before the milliseconds', () => {
  expect(toSrt(SEGMENTS)).toBe(
    '1\n00:00:00,000 --> 00:00:01,250\nTry again.\n\n2\n01:01:01,000 --> 01:01:03,000\nFail better.\n\n',
  );
});

test('WebVTT writes a point', () => {
  expect(toVtt(SEGMENTS)).toContain('WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nTry again.\n\n');
});

test('verbose_json names the language in English, in lower case, and has every key that clients require', () => {
  const verbose = toVerbose({ durationSeconds: 9, language: 'zh', segments: SEGMENTS }, ASKED);
  expect(verbose).toMatchObject({
    language: 'chinese',
    duration: 9,
    task: 'transcribe',
    usage: { type: 'duration', seconds: 9 },
  });
  expect(Object.keys(verbose.segments?.[0] ?? {})).toEqual([
    'id',
    'seek',
    'start',
    'end',
    'text',
    'tokens',
    'temperature',
    'avg_logprob',
    'compression_ratio',
    'no_speech_prob',
  ]);
  expect(
    toVerbose({ durationSeconds: 0, language: null, segments: [] }, { ...ASKED, task: 'translate' }).language,
  ).toBe('unknown');
});

test('text that repeats itself has a high compression ratio', () => {
  const [said] =
    toVerbose({ durationSeconds: 1, language: 'en', segments: [at('no '.repeat(100), 0, 1)] }, ASKED).segments ?? [];
  expect(said?.compression_ratio).toBeGreaterThan(10);
});

test('words come where they are asked for, and segments beside them only where they are asked for too', () => {
  const segment = {
    ...at(' Try again.', 0, 1.25),
    words: [{ text: 'Try', startSeconds: 0.1, endSeconds: 0.30000001 }],
  };
  const transcript = { durationSeconds: 2, language: 'en', segments: [segment] };
  const words = toVerbose(transcript, { task: 'transcribe', granularities: ['word'] });
  expect(words.words).toEqual([{ word: 'Try', start: 0.1, end: 0.3 }]);
  expect(words).not.toHaveProperty('segments');
  const both = toVerbose(transcript, { task: 'transcribe', granularities: ['segment', 'word'] });
  expect(both.segments).toHaveLength(1);
  expect(toVerbose(transcript, ASKED)).not.toHaveProperty('words');
});
