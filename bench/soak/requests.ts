import { readFileSync } from 'node:fs';
import type { Profile } from '../../packages/server/src/models/profile/profile.ts';
import type { Random } from './random.ts';

const PICTURES = ['receipt.png', 'promotion.jpg', 'poster.webp', 'settings.png'];
const RECORDING = 'spoken.flac';
const QUESTIONS = [
  '用一句话介绍长城。',
  'Name three rivers and the seas they reach.',
  '写一首关于秋天的短诗。',
  'What is the difference between a list and a tuple in Python?',
  '把“今天下雨，我们改天去爬山”译成英文。',
  'Give me two ideas for a rainy Sunday.',
];
const SENTENCES = {
  zh: ['今天天气很好，我们去公园散步吧。', '请在下午三点以前把文件送到前台。'],
  en: ['The weather is fine today.', 'Please leave the parcel at the front desk before three.'],
} as const;
const ANSWER_TOKENS = 40;

/** One request of a client. */
export interface SoakRequest {
  /** What is asked for, for the tables. */
  readonly kind: string;
  readonly path: string;
  body(): string | FormData;
}

interface Kind {
  readonly kind: string;
  /** How often it is asked, against the others. */
  readonly weight: number;
  readonly path: string;
  body(random: Random): string | FormData;
}

/** What clients of an assistant with the models of this profile ask for, in the shares in which they ask. */
export function requestKinds({ roles }: Profile): readonly Kind[] {
  const chat = (model: string, more: object) => (random: Random) =>
    JSON.stringify({
      model,
      messages: [{ role: 'user', content: random.pick(QUESTIONS) }],
      max_tokens: ANSWER_TOKENS,
      ...more,
    });
  const speech = Object.entries(roles.tts).map(([language, model]): Kind => ({
    kind: `text to speech, ${language}`,
    weight: 1,
    path: '/v1/audio/speech',
    body: (random) =>
      JSON.stringify({
        model,
        voice: 'auto',
        input: random.pick(language === 'zh' ? SENTENCES.zh : SENTENCES.en),
        response_format: 'wav',
      }),
  }));
  return [
    { kind: 'chat', weight: 2, path: '/v1/chat/completions', body: chat('auto', {}) },
    {
      kind: 'chat, model named, streamed',
      weight: 2,
      path: '/v1/chat/completions',
      body: chat(roles.chat, { stream: true }),
    },
    { kind: 'picture to chat', weight: 1, path: '/v1/chat/completions', body: pictureQuestion },
    {
      kind: 'text of a picture',
      weight: 2,
      path: '/v1/ocr',
      body: (random) => pictureForm(roles.ocr, random.pick(PICTURES)),
    },
    { kind: 'speech to text', weight: 2, path: '/v1/audio/transcriptions', body: () => recordingForm(roles.asr) },
    ...speech,
  ];
}

/** One of the kinds, by their weights. */
export function drawRequest(kinds: readonly Kind[], random: Random): SoakRequest {
  const all = kinds.reduce((sum, { weight }) => sum + weight, 0);
  let at = random.next() * all;
  const drawn = kinds.find(({ weight }) => (at -= weight) < 0) ?? kinds[0];
  if (drawn === undefined) throw new Error('there is nothing to ask for');
  const body = drawn.body(random);
  return { kind: drawn.kind, path: drawn.path, body: () => body };
}

function pictureQuestion(random: Random): string {
  const name = random.pick(PICTURES);
  const type = name.endsWith('.png') ? 'png' : name.endsWith('.webp') ? 'webp' : 'jpeg';
  const url = `data:image/${type};base64,${fixture('images', name).toString('base64')}`;
  const content = [
    { type: 'text', text: '图里写了什么？' },
    { type: 'image_url', image_url: { url } },
  ];
  return JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }], max_tokens: ANSWER_TOKENS });
}

function pictureForm(model: string, name: string): FormData {
  const form = new FormData();
  form.set('model', model);
  form.set('image', new Blob([fixture('images', name)]), name);
  return form;
}

function recordingForm(model: string): FormData {
  const form = new FormData();
  form.set('model', model);
  form.set('file', new Blob([fixture('audio', RECORDING)]), RECORDING);
  return form;
}

const read = new Map<string, Buffer<ArrayBuffer>>();

function fixture(folder: 'images' | 'audio', name: string): Buffer<ArrayBuffer> {
  const bytes = read.get(name) ?? readFileSync(new URL(`../../test/fixtures/${folder}/${name}`, import.meta.url));
  read.set(name, bytes);
  return bytes;
}
