import OpenAI, { toFile } from 'openai';
import { pinyin } from 'pinyin-pro';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syllableErrorRate, wordErrorRate } from './error-rate.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';

const ready = testHome() !== null;
if (!ready) console.log('skipped: spoken answers on real weights (run npm test, which brings them)');

/** A streamed spoken answer, with when its parts came. */
interface Heard {
  readonly transcript: string;
  readonly pcm: Buffer;
  /** From the request on. */
  readonly firstSoundMs: number;
  readonly halfWrittenMs: number;
  readonly writtenMs: number;
  readonly writtenAtFirstSound: number;
}

interface SpokenDelta {
  readonly audio?: { readonly transcript?: string; readonly data?: string };
}

const syllables = (text: string): string[] => pinyin(text, { toneType: 'none', type: 'array', nonZh: 'removed' });

describe.skipIf(!ready)('answers that are spoken while they are written', () => {
  let server: RealServer;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startRealServer();
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
    // Every model is in memory before times are looked at.
    for (const question of ['Say: Good morning.', '请说：早上好。']) await hear(question, 20);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  async function hear(question: string, maxTokens = 200): Promise<Heard> {
    const startedMs = performance.now();
    const stream = await client.chat.completions.create({
      model: 'autoglm-phone-9b',
      temperature: 0,
      max_tokens: maxTokens,
      messages: [{ role: 'user', content: question }],
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'pcm16' },
      stream: true,
    });
    const written: { readonly ms: number; readonly length: number }[] = [];
    const data: string[] = [];
    let transcript = '';
    let firstSoundMs = Infinity;
    let writtenAtFirstSound = Infinity;
    for await (const chunk of stream) {
      const { audio } = (chunk.choices[0]?.delta ?? {}) as SpokenDelta;
      const ms = performance.now() - startedMs;
      if (audio?.data !== undefined) {
        if (data.length === 0) [firstSoundMs, writtenAtFirstSound] = [ms, transcript.length];
        data.push(audio.data);
      }
      if (audio?.transcript !== undefined) {
        transcript += audio.transcript;
        written.push({ ms, length: transcript.length });
      }
    }
    return {
      transcript,
      pcm: Buffer.from(data.join(''), 'base64'),
      firstSoundMs,
      halfWrittenMs: written.find(({ length }) => length >= transcript.length / 2)?.ms ?? 0,
      writtenMs: written.at(-1)?.ms ?? 0,
      writtenAtFirstSound,
    };
  }

  /** 16-bit mono at 24 kHz as a file. */
  function wav(pcm: Buffer): Buffer {
    const header = Buffer.alloc(44);
    header.write('RIFF', 0);
    header.writeUInt32LE(36 + pcm.length, 4);
    header.write('WAVEfmt ', 8);
    header.writeUInt32LE(16, 16);
    header.writeUInt16LE(1, 20);
    header.writeUInt16LE(1, 22);
    header.writeUInt32LE(24_000, 24);
    header.writeUInt32LE(48_000, 28);
    header.writeUInt16LE(2, 32);
    header.writeUInt16LE(16, 34);
    header.write('data', 36);
    header.writeUInt32LE(pcm.length, 40);
    return Buffer.concat([header, pcm]);
  }

  async function transcribed(file: Buffer, name: string, language: string): Promise<string> {
    const asked = { model: 'whisper-1', file: await toFile(file, name), language };
    return (await client.audio.transcriptions.create(asked)).text;
  }

  test.each([
    ['en', 'Write three sentences about gardens: what a garden is, why people love it, and how to begin one.'],
    ['zh', '请用三句很短的话介绍花园：它是什么，人们为什么喜欢它，怎样开始。'],
  ] as const)(
    'three sentences (%s) are said as they are written: in English the first sound comes before half of the text',
    async (language, question) => {
      const heard = await hear(question);
      console.log(
        `${language}: first sound after ${Math.round(heard.firstSoundMs)} ms, half of the text after ${Math.round(heard.halfWrittenMs)} ms, ` +
          `all of it after ${Math.round(heard.writtenMs)} ms; ${(heard.pcm.length / 48_000).toFixed(1)} s of sound: ${heard.transcript}`,
      );
      expect(heard.transcript.match(/[.!?。！？,，]/g)?.length).toBeGreaterThanOrEqual(3);
      // Kokoro takes longer to say a Chinese clause than the small chat model to write two: there the times are only told.
      if (language === 'en') expect(heard.writtenAtFirstSound).toBeLessThan(heard.transcript.length / 2);
      const understood = await transcribed(wav(heard.pcm), 'answer.wav', language);
      console.log(`${language} heard back: ${understood}`);
      const error =
        language === 'en'
          ? wordErrorRate(heard.transcript, understood)
          : syllableErrorRate(syllables(heard.transcript), syllables(understood));
      expect(error).toBeLessThanOrEqual(0.25);
    },
  );

  test.each(['wav', 'mp3', 'opus', 'flac'] as const)(
    'a spoken answer as %s can be asked about in the next turn',
    async (format) => {
      const answer = await client.chat.completions.create({
        model: 'autoglm-phone-9b',
        temperature: 0,
        messages: [{ role: 'user', content: 'Say nothing but: The quick brown fox jumps over the lazy dog.' }],
        modalities: ['text', 'audio'],
        audio: { voice: 'alloy', format },
      });
      const message = answer.choices[0]?.message;
      expect(message?.content).toBeNull();
      const file = Buffer.from(message?.audio?.data ?? '', 'base64');
      const heard = await transcribed(file, `answer.${format === 'opus' ? 'ogg' : format}`, 'en');
      expect(wordErrorRate(message?.audio?.transcript ?? '', heard)).toBeLessThanOrEqual(0.25);
      // What was said is sent back as a recording of the format, and by its id.
      const inputFormat = format as 'wav' | 'mp3';
      const again = await client.chat.completions.create({
        model: 'autoglm-phone-9b',
        temperature: 0,
        max_tokens: 40,
        messages: [
          {
            role: 'user',
            content: [{ type: 'input_audio', input_audio: { data: file.toString('base64'), format: inputFormat } }],
          },
          { role: 'assistant', audio: { id: message?.audio?.id ?? '' } },
          { role: 'user', content: 'Which animal jumps? One word.' },
        ],
      });
      expect(again.choices[0]?.message.content).toMatch(/fox/i);
    },
  );
});
