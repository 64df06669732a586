import { readdirSync, readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { TtsEvent } from '../../packages/server/src/engines/engine.ts';
import { numberWords, ordinal } from '../../packages/server/src/engines/vits/english-numbers.ts';
import { normaliseEnglish } from '../../packages/server/src/engines/vits/normalise-english.ts';
import type { EngineProcess } from '../../packages/server/src/engines/engine-process.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { CatalogueEntry } from '../../packages/server/src/models/catalogue/catalogue-schema.ts';
import { createAudioEncoder } from '../../packages/server/src/pipeline/audio-encode/create-audio-encoder.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { wordErrorRate } from './error-rate.ts';
import { weightFile } from './weights.ts';

function catalogueEntry(id: string): CatalogueEntry {
  return CatalogueEntry.parse(
    parse(readFileSync(new URL(`../../packages/server/catalogue/${id}.yaml`, import.meta.url), 'utf8')),
  );
}

function filesOf(entry: CatalogueEntry): Record<string, string> | null {
  const files = (entry.loads ?? []).map((name) => [name, weightFile(name)] as const);
  return files.every(([, path]) => path !== null) ? (Object.fromEntries(files) as Record<string, string>) : null;
}

const voice = catalogueEntry('piper-en-us-joe-medium');
const ears = catalogueEntry('whisper-base');
const voiceFiles = filesOf(voice);
const earsFiles = filesOf(ears);
if (voiceFiles === null) console.log('skipped: Piper speaks (run npm test, which brings the weights)');
else if (earsFiles === null)
  console.log('skipped: Piper read back by Whisper (run npm test, which brings the weights)');

const SENTENCES = [
  'The quick brown fox jumps over the lazy dog near the river bank.',
  'It costs $3.50 for one ticket and $1,200 for a season pass.',
  'The company was founded in 1999 and sold in 2024 for $1.5 million.',
  'Dr. Smith will meet Mr. Jones on Main St. at 10:30 tomorrow morning.',
  'We met on March 3, 2021, and again on 2024-05-17.',
  'The box weighs 5 kg and the road is 10 km long.',
  'About 50% of the 1,234 people surveyed said yes.',
  'The laptop has 16 GB of memory and costs €900.',
  'She ran 3/4 of the race in 12 minutes.',
  'Please call 555-0134 after lunch, or come to room 12 on the 2nd floor.',
  'Never give up, because success often comes just after the hardest moment.',
  'It was -5°C outside, so we stayed home, read books and drank tea.',
  'Pages 10-15 explain how to install the program on your computer.',
  'The car drove at 60 km/h through the city, e.g. past the library.',
  'World War II ended in 1945, and in 1969 people walked on the moon.',
];

/** Both sides written the same way: every number, unit and short form in words. */
function inWords(text: string): string {
  return normaliseEnglish(text)
    .replaceAll(/(\d+)(?:st|nd|rd|th)\b/g, (_, rank: string) => ordinal(Number(rank)))
    .replaceAll('%', ' percent')
    .replaceAll(/(?<!\w)-(?=\d)/g, 'minus ')
    .replaceAll(/\d[\d,]*(?:\.\d+)?/g, (digits) => ` ${numberWords(digits.replace(/,$/, ''))} `)
    .replaceAll('-', ' ');
}

function start<T extends 'tts' | 'asr'>(
  entry: CatalogueEntry,
  files: Record<string, string>,
): Promise<EngineProcess<T>> {
  return startWorker<T>({
    engine: entry.engine,
    options: { modelId: entry.id, files, settings: entry.settings, threads: 1, gpus: [], state: null },
    log: silentLog,
    signal: new AbortController().signal,
  });
}

async function speak(engine: EngineProcess<'tts'>, text: string, speed = 1): Promise<TtsEvent[]> {
  const events: TtsEvent[] = [];
  for await (const event of engine.run({ text, voice: 'joe', speed }, new AbortController().signal)) events.push(event);
  return events;
}

function seconds(events: readonly TtsEvent[]): number {
  return events.reduce((sum, event) => sum + event.samples.length / event.sampleRate, 0);
}

/** The folders that this machine's speaking processes have in use. */
function espeakFolders(pid: number): string[] {
  const host = hostname().replaceAll(/[^A-Za-z0-9.-]/g, '');
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`concert-espeak-${host}-${pid}-`));
}

describe.skipIf(voiceFiles === null)('Piper in a process of its own', () => {
  let engine: EngineProcess<'tts'>;
  beforeAll(async () => {
    engine = await start<'tts'>(voice, voiceFiles ?? {});
  });
  afterAll(async () => {
    await engine.close();
    expect(espeakFolders(engine.pid)).toEqual([]);
  });

  test('a sentence becomes 22.05 kHz mono sound that is neither silent nor clipped', async () => {
    const [event, ...more] = await speak(engine, 'Hello there, my friend.');
    expect(more).toEqual([]);
    expect(event?.sampleRate).toBe(22_050);
    const peak = (event?.samples ?? new Float32Array()).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(peak).toBeGreaterThan(0.1);
    expect(peak).toBeLessThanOrEqual(1);
  });

  // Piper gives every phoneme at least one frame and varies its rhythm by chance, so twice the speed is not half the time.
  test('a faster pace makes shorter sound, and a slower one longer', async () => {
    const text = 'The river flows west, past the old bridge and the library.';
    const usual = seconds(await speak(engine, text));
    expect(seconds(await speak(engine, text, 2)) / usual).toBeLessThan(0.85);
    expect(seconds(await speak(engine, text, 0.5)) / usual).toBeGreaterThan(1.3);
  });

  test('a speed or voice that the model lacks is refused', async () => {
    await expect(speak(engine, 'Hello.', 9)).rejects.toMatchObject({ code: 'unsupported_value' });
    const request = { text: 'Hello.', voice: 'nobody', speed: 1 };
    const answer = engine.run(request, new AbortController().signal)[Symbol.asyncIterator]();
    await expect(answer.next()).rejects.toMatchObject({
      code: 'unsupported_value',
      message: expect.stringContaining('joe') as string,
    });
  });

  test('odd texts are refused or spoken, and the process lives on', async () => {
    for (const text of ['', ' \n ', '...!?', '\u0000', '你好', '🎉', '(((((', '%', '\ud800']) {
      await expect(speak(engine, text)).rejects.toMatchObject({ code: 'unsupported_value' });
    }
    for (const text of [
      'a',
      '1',
      'a\u0000b\u0007c',
      '你好 hello',
      'a'.repeat(250),
      '.,;: a',
      '<b>&amp;',
      'ŝẽñor ÿ',
      '9'.repeat(40),
    ]) {
      expect(seconds(await speak(engine, text))).toBeGreaterThan(0.1);
    }
  });

  test('ten thousand characters are spoken piece by piece, and leaving stops after the piece at hand', async () => {
    const text = 'This is one of very many short sentences. '.repeat(240);
    let pieces = 0;
    for await (const event of engine.run({ text, voice: 'joe', speed: 1 }, new AbortController().signal)) {
      expect(event.samples.length / event.sampleRate).toBeLessThan(30);
      pieces += 1;
      if (pieces === 2) break;
    }
    // If the other pieces went on, this answer would come only after all of them: some 200 CPU seconds.
    const before = cpuSeconds(engine.pid);
    expect(seconds(await speak(engine, 'Hello again.'))).toBeGreaterThan(0.3);
    expect(cpuSeconds(engine.pid) - before).toBeLessThan(20);
  });

  test('an aborted request ends with the reason, and the one waiting behind it is still spoken', async () => {
    const controller = new AbortController();
    const first = (async () => {
      for await (const _ of engine.run({ text: 'One. Two. '.repeat(100), voice: 'joe', speed: 1 }, controller.signal)) {
        controller.abort(new Error('the caller left'));
      }
    })();
    const second = speak(engine, 'I come after.');
    await expect(first).rejects.toThrow('the caller left');
    expect(seconds(await second)).toBeGreaterThan(0.3);
  });

  test('a killed process fails its request with model_crashed, and a new one speaks', async () => {
    const doomed = await start<'tts'>(voice, voiceFiles ?? {});
    const request = { text: 'One sentence. '.repeat(100), voice: 'joe', speed: 1 };
    const answer = (async () => {
      for await (const _ of doomed.run(request, new AbortController().signal)) process.kill(doomed.pid, 'SIGKILL');
    })();
    await expect(answer).rejects.toMatchObject({ code: 'model_crashed' });
    expect((await doomed.exited).signal).toBe('SIGKILL');
    const next = await start<'tts'>(voice, voiceFiles ?? {});
    expect(seconds(await speak(next, 'Here I am.'))).toBeGreaterThan(0.3);
    expect(espeakFolders(doomed.pid)).toEqual([]);
    await next.close();
  });

  test.skipIf(earsFiles === null)(
    'fifteen sentences read back by Whisper have a word error rate of at most 0.1',
    async () => {
      const listener = await start<'asr'>(ears, earsFiles ?? {});
      const heard: string[] = [];
      for (const sentence of SENTENCES) {
        const wav = await createAudioEncoder('wav', { sampleRate: 16_000, streaming: false });
        for (const event of await speak(engine, sentence)) wav.push(event.samples, event.sampleRate);
        const request = { audio: wav.finish(), language: 'en', mode: 'transcribe' } as const;
        const parts: string[] = [];
        for await (const event of listener.run(request, new AbortController().signal)) {
          if (event.kind === 'segment') parts.push(event.text);
        }
        heard.push(parts.join(' '));
      }
      await listener.close();
      const pairs = SENTENCES.map((sentence, at) => `${inWords(sentence)}\n${inWords(heard[at] ?? '')}`).join('\n');
      expect(wordErrorRate(SENTENCES.map(inWords).join(' '), heard.map(inWords).join(' ')), pairs).toBeLessThanOrEqual(
        0.1,
      );
    },
  );
});

/** CPU time that a process has used, from Linux's /proc; 0 elsewhere. */
function cpuSeconds(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
