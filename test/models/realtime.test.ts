import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRealtime, type RealtimeClient } from '../integration/realtime-client.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';

const ready = testHome() !== null;
if (!ready) console.log('skipped: a conversation by voice on real weights (run npm test, which brings them)');

/** Spoken, it lasts about five seconds. */
const QUESTION = 'I am planning a journey to Italy next spring. Tell me, what is the capital of Italy?';
const INSTRUCTIONS = 'Answer in one short English sentence.';
const BYTES_PER_MS = 48;

/** A wav file of 24 kHz PCM. */
function wav(samples: Buffer): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(24_000, 24);
  header.writeUInt32LE(48_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

describe.skipIf(!ready)('a conversation by voice', () => {
  let server: RealServer;
  let openai: OpenAI;
  let spoken: Buffer;

  beforeAll(async () => {
    server = await startRealServer();
    openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
    spoken = await say(QUESTION);
  });
  afterAll(async () => {
    const last = await connectRealtime(server.url);
    expect(await server.stop()).toBe(0);
    expect(await last.closed).toEqual({ code: 1001, reason: 'the server is stopping' });
  });

  async function say(input: string): Promise<Buffer> {
    const response = await openai.audio.speech.create({
      model: 'tts-1',
      voice: 'alloy',
      input,
      response_format: 'pcm',
    });
    return Buffer.from(await response.arrayBuffer());
  }

  /** What programs did before: three calls, one after the other. Milliseconds from the end of speech to the first sound. */
  async function byThreeCalls(): Promise<number> {
    const startedMs = performance.now();
    const file = await toFile(wav(spoken), 'question.wav');
    const heard = await openai.audio.transcriptions.create({ model: 'whisper-1', file });
    const answered = await openai.chat.completions.create({
      model: 'autoglm-phone-9b',
      temperature: 0,
      messages: [
        { role: 'system', content: INSTRUCTIONS },
        { role: 'user', content: heard.text },
      ],
    });
    const input = answered.choices[0]?.message.content ?? '';
    expect(input).toMatch(/Rome/);
    const response = await openai.audio.speech.create({
      model: 'tts-1',
      voice: 'alloy',
      input,
      response_format: 'pcm',
    });
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    await reader.read();
    const firstMs = performance.now() - startedMs;
    await reader.cancel();
    return firstMs;
  }

  /** Sends sound in frames as a microphone does, in real time; resolves when all of it is sent. */
  async function stream(client: RealtimeClient, sound: Buffer, frameMs: number): Promise<void> {
    const step = frameMs * BYTES_PER_MS;
    const startedMs = performance.now();
    for (let at = 0, frame = 1; at < sound.length; at += step, frame += 1) {
      client.send({ type: 'input_audio_buffer.append', audio: sound.subarray(at, at + step).toString('base64') });
      await sleep(Math.max(0, startedMs + frame * frameMs - performance.now()));
    }
  }

  async function converse(frameMs: number): Promise<{ client: RealtimeClient; times: Record<string, number> }> {
    const client = await connectRealtime(server.url);
    const arrived = new Map<string, number>();
    client.client.on('event', ({ type }) => {
      if (!arrived.has(type)) arrived.set(type, performance.now());
    });
    const session = {
      type: 'realtime',
      instructions: INSTRUCTIONS,
      temperature: 0,
      audio: { input: { transcription: { model: 'whisper-1' } } },
    };
    await client.ask({ type: 'session.update', session }, 'session.updated');
    await stream(client, spoken, frameMs);
    const endMs = performance.now();
    let listening = true;
    void client.next('response.done').then(() => (listening = false));
    const silence = Buffer.alloc(frameMs * BYTES_PER_MS);
    while (listening) await stream(client, silence, frameMs);
    const after = (type: string): number => Math.round((arrived.get(type) ?? Number.NaN) - endMs);
    const times = {
      'speech stopped': after('input_audio_buffer.speech_stopped'),
      'words heard': after('conversation.item.input_audio_transcription.completed'),
      'answer begins': after('response.output_item.added'),
      'first sound': after('response.output_audio.delta'),
      'all said': after('response.done'),
    };
    return { client, times };
  }

  test('a spoken question of five seconds, streamed as it is spoken, is answered in speech', async () => {
    expect(spoken.length / BYTES_PER_MS / 1000).toBeGreaterThan(4);
    // The first round loads the models; the others find them warm.
    const first = await converse(20);
    first.client.close();
    const rounds: Record<string, number>[] = [];
    for (const frameMs of [20, 40, 100]) {
      const { client, times } = await converse(frameMs);
      rounds.push(times);
      expect(client.heard.find(({ type }) => type === 'error')).toBeUndefined();
      const heard = await client.next('conversation.item.input_audio_transcription.completed');
      expect(heard['transcript']).toMatch(/capital of Italy/i);
      const said = await client.next('response.output_audio_transcript.done');
      expect(said['transcript']).toMatch(/Rome/);
      const sound = client.heard.filter(({ type }) => type === 'response.output_audio.delta');
      const bytes = sound.reduce((sum, { delta }) => sum + Buffer.from(String(delta), 'base64').length, 0);
      expect(bytes / BYTES_PER_MS).toBeGreaterThan(500);
      client.close();
    }
    await byThreeCalls();
    const calls = [await byThreeCalls(), await byThreeCalls(), await byThreeCalls()].map(Math.round);
    console.log(`question of ${(spoken.length / BYTES_PER_MS / 1000).toFixed(1)} s; milliseconds after its end:`);
    console.table(rounds);
    console.log(
      `first sound by three separate calls, told the end of speech instead of finding it by a pause of 500 ms: ${calls.join(', ')} ms`,
    );
  });

  test('speaking into the answer stops it, and the new question is answered', async () => {
    const client = await connectRealtime(server.url);
    const session = { type: 'realtime', instructions: 'Answer at length, in English.', temperature: 0 };
    await client.ask({ type: 'session.update', session }, 'session.updated');
    const story = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Tell me about the sea.' }] };
    client.send({ type: 'conversation.item.create', item: story });
    await client.ask({ type: 'response.create' }, 'response.output_audio.delta');
    const from = client.heard.length;
    await stream(client, Buffer.concat([spoken, Buffer.alloc(1000 * BYTES_PER_MS)]), 40);
    const cancelled = await client.next('response.done', from);
    expect(cancelled).toMatchObject({ response: { status: 'cancelled', status_details: { reason: 'turn_detected' } } });
    const started = client.heard.findIndex(({ type }) => type === 'input_audio_buffer.speech_started');
    expect(client.heard.indexOf(cancelled)).toBeGreaterThan(started);
    const answered = await client.next('response.done', client.heard.indexOf(cancelled) + 1);
    expect(JSON.stringify(answered)).toMatch(/Rome/);
    client.close();
  });
});
