import { readFileSync } from 'node:fs';
import { pinyin } from 'pinyin-pro';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Task } from '../../packages/server/src/engines/engine.ts';
import { normaliseChinese } from '../../packages/server/src/engines/kokoro/chinese/normalise-chinese.ts';
import type { EngineProcess } from '../../packages/server/src/engines/engine-process.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { CatalogueEntry } from '../../packages/server/src/models/catalogue/catalogue-schema.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { syllableErrorRate } from './error-rate.ts';
import { weightFile } from './weights.ts';

/** Text to speak and, where it is not all hanzi, the reading that must be heard. */
const SENTENCES: readonly (readonly [text: string, reading?: string])[] = [
  ['今天天气很好，我们去公园散步吧。'],
  ['请问最近的地铁站怎么走？'],
  ['我想喝一杯热咖啡，不要加糖。'],
  ['妈妈正在厨房里做晚饭。'],
  ['这本书非常有意思，我已经看了两遍。'],
  ['明天早上记得带雨伞，可能会下雨。'],
  ['欢迎使用语音助手，有什么可以帮您？'],
  ['他每天坐公共汽车去学校上课。'],
  ['医生建议我多喝水，早点休息。'],
  ['银行下午五点关门，你要快一点。'],
  ['这家餐厅的菜又便宜又好吃。'],
  ['孩子们在操场上踢足球。'],
  ['对不起，我刚才没有听清楚，请您再说一遍。'],
  ['中国的首都是北京，人口很多。'],
  ['打开窗户，让新鲜的空气进来。'],
  ['周末我打算和朋友一起去爬山。'],
  ['手机没电了，我需要找一个充电器。'],
  ['图书馆里请保持安静。'],
  ['春天来了，花园里的花都开了。'],
  ['下一站是人民广场，请准备下车。'],
  ['人工智能正在改变我们的生活。'],
  ['失败是成功之母，不要轻易放弃。'],
  ['会议推迟到下星期三上午举行。'],
  ['请把文件发到我的邮箱里。'],
  ['今日特价，满300减50，仅限今日。', '今日特价满三百减五十仅限今日'],
  ['会议时间是2026年11月22日14:30。', '会议时间是二零二六年十一月二十二日十四点三十分'],
  ['气温下降到-5℃，请注意保暖。', '气温下降到零下五摄氏度请注意保暖'],
  ['这台电脑的价格是¥4999，打8折。', '这台电脑的价格是四千九百九十九元打八折'],
  ['大约有35%的学生步行3公里上学。', '大约有百分之三十五的学生步行三公里上学'],
  ['他跑完了1.5公里，只用了6分钟。', '他跑完了一点五公里只用了六分钟'],
];
const signal = new AbortController().signal;

function catalogued(id: string): { entry: CatalogueEntry; files: Record<string, string>; complete: boolean } {
  const path = new URL(`../../packages/server/catalogue/${id}.yaml`, import.meta.url);
  const entry = CatalogueEntry.parse(parse(readFileSync(path, 'utf8')));
  const found = (entry.loads ?? []).map((name) => [name, weightFile(name)] as const);
  const files = Object.fromEntries(found.flatMap(([name, file]) => (file === null ? [] : [[name, file]])));
  return { entry, files, complete: found.every(([, file]) => file !== null) };
}

type Catalogued = ReturnType<typeof catalogued>;

const kokoro = catalogued('kokoro-82m-v1.0-int8');
const whisper = catalogued('whisper-base');
/** The catalogue's first voice is the default. */
const VOICE = kokoro.entry.voices[0]?.id ?? '';
const ready = kokoro.complete && whisper.complete;
if (!ready) console.log('skipped: Kokoro read back by Whisper base (run npm test, which brings the weights)');

function start<T extends Task>({ entry, files }: Catalogued): Promise<EngineProcess<T>> {
  const options = { modelId: entry.id, files, settings: entry.settings, threads: 1, gpus: [], state: null };
  return startWorker<T>({ engine: entry.engine, options, log: silentLog, signal });
}

async function speak(
  voices: EngineProcess<'tts'>,
  text: string,
  { voice = VOICE, speed = 1 }: { voice?: string; speed?: number } = {},
): Promise<Float32Array> {
  const samples: number[] = [];
  for await (const chunk of voices.run({ text, voice, speed }, signal)) {
    expect(chunk.sampleRate).toBe(24_000);
    for (const sample of chunk.samples) samples.push(sample);
  }
  return Float32Array.from(samples);
}

/** A 16-bit mono wav at 24 kHz. */
function wav(samples: Float32Array): Uint8Array {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(24_000, 24);
  file.writeUInt32LE(48_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, at) =>
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), 44 + at * 2),
  );
  return file;
}

async function hear(ears: EngineProcess<'asr'>, samples: Float32Array): Promise<string> {
  let text = '';
  for await (const event of ears.run({ audio: wav(samples), language: 'zh', mode: 'transcribe' }, signal)) {
    if (event.kind === 'segment') text += event.text;
  }
  return text;
}

/** Toneless syllables; Whisper writes numbers in digits, which are read as our front end reads them. */
function syllables(text: string): string[] {
  const hanzi = normaliseChinese(text).replaceAll(/[^\p{Script=Han}A-Za-z]/gu, '');
  return pinyin(hanzi, { toneType: 'none', type: 'array' });
}

describe.skipIf(!ready)('Kokoro speaks Chinese', () => {
  let voices: EngineProcess<'tts'>;
  let ears: EngineProcess<'asr'>;
  beforeAll(async () => {
    voices = await start<'tts'>(kokoro);
    ears = await start<'asr'>(whisper);
  });
  afterAll(async () => {
    await voices?.close();
    await ears?.close();
  });

  test('thirty everyday sentences are understood: at most one syllable in twenty is misheard', async () => {
    const misheard: string[] = [];
    let wrong = 0;
    let all = 0;
    for (const [text, reading] of SENTENCES) {
      const expected = syllables(reading ?? text);
      const heard = await hear(ears, await speak(voices, text));
      const errors = Math.round(syllableErrorRate(expected, syllables(heard)) * expected.length);
      if (errors > 0) misheard.push(`${errors} of ${expected.length}: ${text} | ${heard}`);
      wrong += errors;
      all += expected.length;
    }
    console.log(`${VOICE}: ${wrong} of ${all} syllables misheard\n${misheard.join('\n')}`);
    expect(wrong / all).toBeLessThanOrEqual(0.05);
  }, 900_000);

  test('letters inside Chinese text are heard as letters', async () => {
    const heard = await hear(ears, await speak(voices, '请用USB接口连接电脑的CPU和GPU。'));
    expect(heard.toUpperCase()).toMatch(/USB.*CPU.*GPU/);
  });

  test('a faster pace makes shorter audio', async () => {
    const usual = await speak(voices, '今天天气很好。');
    const fast = await speak(voices, '今天天气很好。', { speed: 1.5 });
    expect(fast.length).toBeLessThan(usual.length * 0.85);
  });

  test('the silence at both ends is short, so that clauses join', async () => {
    const samples = await speak(voices, '今天天气很好，');
    const loud = samples.findIndex((sample) => Math.abs(sample) > 0.02);
    const lastLoud = samples.findLastIndex((sample) => Math.abs(sample) > 0.02);
    expect(loud).toBeLessThan(24_000 * 0.15);
    expect(samples.length - lastLoud).toBeLessThan(24_000 * 0.4);
  });

  test('requests take turns, and one that is cancelled between its runs lets the next one speak', async () => {
    const controller = new AbortController();
    const long = '这是一段很长的文字，'.repeat(12);
    const order: string[] = [];
    const first = (async () => {
      for await (const _ of voices.run({ text: long, voice: VOICE, speed: 1 }, controller.signal)) {
        order.push('long');
        controller.abort();
      }
    })();
    const second = speak(voices, '你好。').then(() => order.push('short'));
    await expect(first).rejects.toThrow(/abort/i);
    await second;
    expect(order).toEqual(['long', 'short']);
  });

  test('a text of signs alone is a moment of silence', async () => {
    const samples = await speak(voices, '😀……');
    expect(samples.length).toBe(2_400);
    expect(samples.every((sample) => sample === 0)).toBe(true);
  });

  test('a text without a word that it can read, and an unknown voice, are refused in plain words', async () => {
    await expect(speak(voices, 'สวัสดี')).rejects.toThrow(/this voice speaks Chinese/);
    await expect(speak(voices, '你好', { voice: 'nobody' })).rejects.toThrow(/no voice is called nobody.*jm_kumo/);
  });
});
