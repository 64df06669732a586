import { expect, test } from 'vitest';
import { createAudioEncoder } from '../pipeline/audio-encode/create-audio-encoder.ts';
import { GatewayError } from '../shared/errors.ts';
import { type AudioDelta, ChatAudio, type ChatAudioOptions, joinAudio, withTranscripts } from './chat-audio.ts';
import { manualClock } from './fake-deps.ts';
import { SpokenAnswers } from './spoken-answers.ts';

const clock = manualClock();

async function open(changes: Partial<ChatAudioOptions> = {}): Promise<{ audio: ChatAudio; kept: SpokenAnswers }> {
  const kept = new SpokenAnswers(clock);
  const options = { format: 'pcm16', choices: 1, streaming: true, createAudioEncoder, kept, ...changes } as const;
  return { audio: await ChatAudio.open(options), kept };
}

/** So many samples of one value. */
function tone(count: number, choice = 0): Parameters<ChatAudio['sound']>[0] {
  return {
    kind: 'speech-delta',
    choice,
    transcript: '',
    sampleRate: 24_000,
    samples: new Float32Array(count).fill(0.5),
  };
}

function present(deltas: readonly (AudioDelta | null)[]): AudioDelta[] {
  return deltas.filter((delta) => delta !== null);
}

test('the words come as the transcript, the sound as data, and the id once', async () => {
  const { audio } = await open();
  const deltas = present([audio.text(0, 'Good '), audio.text(0, 'day.'), audio.sound(tone(3)), ...audio.end(0)]);
  expect(deltas).toEqual([
    { id: expect.stringMatching(/^audio_[0-9a-f]{32}$/) as string, transcript: 'Good ' },
    { transcript: 'day.' },
    { data: expect.any(String) as string },
    { expires_at: 3_600 },
  ]);
});

test('the data of all pieces, joined as texts, decodes to every sample', async () => {
  const { audio } = await open();
  const deltas = present([1, 2, 3, 5, 7].map((count) => audio.sound(tone(count))).concat(audio.end(0)));
  const joined = deltas.map(({ data }) => data ?? '').join('');
  expect(Buffer.from(joined, 'base64')).toHaveLength(2 * 18);
  expect(joined.indexOf('=') === -1 || joined.indexOf('=') >= joined.length - 2).toBe(true);
  expect(deltas[0]?.id).toMatch(/^audio_/);
});

test.each([
  ['wav', 'RIFF'],
  ['flac', 'fLaC'],
  ['opus', 'OggS'],
] as const)('a %s answer is a file of that format', async (format, magic) => {
  const { audio } = await open({ format, streaming: false });
  const whole = joinAudio(present([audio.text(0, 'Hi'), audio.sound(tone(4_800)), ...audio.end(0)]));
  const bytes = Buffer.from(whole?.data ?? '', 'base64');
  expect(bytes.toString('latin1', 0, 4)).toBe(magic);
  if (format === 'wav') expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
});

test('an answer of words that nobody said has no sound, and one of neither has nothing at all', async () => {
  const { audio } = await open({ choices: 2, format: 'wav', streaming: false });
  const written = present([audio.text(0, '```x```'), ...audio.end(0)]);
  expect(written.map(({ data }) => data)).toEqual([undefined, undefined]);
  expect(joinAudio(written)).toBeNull();
  expect(audio.end(1)).toEqual([]);
});

test('each choice has its own sound and id', async () => {
  const { audio } = await open({ choices: 2 });
  const [first] = present([audio.sound(tone(3, 0))]);
  const [second] = present([audio.sound(tone(3, 1))]);
  expect(first?.id).not.toBe(second?.id);
});

test('a format that is not written here is refused before anything is said', async () => {
  await expect(open({ format: 'aac' })).rejects.toMatchObject({ code: 'unsupported_value', param: 'audio.format' });
});

test('an answer that breaks off gives the encoders’ memory back', async () => {
  let finished = 0;
  const createEncoder: ChatAudioOptions['createAudioEncoder'] = async () => ({
    contentType: 'audio/pcm',
    push: () => new Uint8Array(),
    finish: () => {
      finished += 1;
      return new Uint8Array();
    },
  });
  const { audio } = await open({ choices: 3, createAudioEncoder: createEncoder });
  audio.end(1);
  audio[Symbol.dispose]();
  expect(finished).toBe(3);
});

test('a later turn names a spoken answer by its id, and its transcript takes its place', async () => {
  const { audio, kept } = await open();
  const { id = '' } = audio.text(0, 'Good day.');
  audio.end(0);
  const turn = { role: 'assistant', audio: { id } } as const;
  expect(withTranscripts([turn], kept)).toEqual([{ ...turn, content: 'Good day.' }]);
  const own = { role: 'assistant', content: 'My words.', audio: { id: 'gone' } } as const;
  expect(withTranscripts([own], kept)).toEqual([own]);
});

test('an id that is unknown or expired is refused by name', () => {
  const kept = new SpokenAnswers(clock);
  kept.keep('audio_a', 'Hello.');
  const named = (id: string) => () =>
    withTranscripts(
      [
        { role: 'user', content: 'x' },
        { role: 'assistant', audio: { id } },
      ],
      kept,
    );
  expect(named('audio_b')).toThrow(GatewayError);
  expect(named('audio_a')).not.toThrow();
  clock.pass(3_600_001);
  expect(named('audio_a')).toThrow(
    expect.objectContaining({ code: 'invalid_request', param: 'messages.1.audio.id' }) as Error,
  );
});

test('the oldest transcripts make room for new ones', () => {
  const kept = new SpokenAnswers(clock);
  for (let at = 0; at < 1_001; at++) kept.keep(`audio_${at}`, 'x');
  expect(() => kept.find('audio_0', 'id')).toThrow(GatewayError);
  expect(kept.find('audio_1', 'id')).toBe('x');
  kept.keep('audio_long', 'x'.repeat(4_000_000));
  expect(() => kept.find('audio_1000', 'id')).toThrow(GatewayError);
  expect(kept.find('audio_long', 'id')).toHaveLength(4_000_000);
});
