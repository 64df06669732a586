import type { RealtimeAudioFormat, RealtimeItem } from '@concert/protocol';
import { checkImage } from '../../pipeline/media/check-media.ts';
import { decodeBase64 } from '../../pipeline/media/decode-base64.ts';
import type { InputPart } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** Sound that a user sent, and what was heard in it. */
export interface Sound {
  readonly format: RealtimeAudioFormat;
  /** Null once it was dropped to save memory. */
  bytes: Uint8Array | null;
  hearing:
    | { readonly kind: 'pending' }
    | { readonly kind: 'heard'; readonly transcript: string }
    | { readonly kind: 'failed'; readonly error: GatewayError };
}

type UserPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'sound'; readonly sound: Sound }
  | { readonly kind: 'image'; readonly image: Extract<InputPart, { kind: 'image' }>; readonly url: string };

/** A stretch of an answer's sound, and the words that it says. */
interface SpokenPiece {
  transcript: string;
  ms: number;
}

type AssistantPart =
  | { readonly kind: 'text'; text: string }
  | {
      readonly kind: 'speech';
      /** What the model wrote, of which not all need have been spoken. */
      written: string;
      pieces: SpokenPiece[];
      /** Whether a listener cut it off. */
      truncated: boolean;
    };

export type UserItem = {
  readonly kind: 'message';
  readonly id: string;
  readonly role: 'user';
  readonly parts: readonly UserPart[];
};
export type AssistantItem = {
  readonly kind: 'message';
  readonly id: string;
  readonly role: 'assistant';
  readonly parts: AssistantPart[];
  status: ItemStatus;
};
export type CallItem = {
  readonly kind: 'call';
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  arguments: string;
  status: ItemStatus;
};

/** An entry of a conversation. Items of a response that runs grow; all others stay as they are, but for what is heard in their sound. */
export type Item =
  | UserItem
  | AssistantItem
  | CallItem
  | { readonly kind: 'message'; readonly id: string; readonly role: 'system'; readonly text: string }
  | { readonly kind: 'output'; readonly id: string; readonly callId: string; readonly output: string };

/** What reading an item from a client needs. */
export interface ReadItem {
  readonly newId: (prefix: string) => string;
  readonly inputFormat: RealtimeAudioFormat;
  readonly imagePixels: number;
  /** Of the item, for errors. */
  readonly param: string;
}

/** An item as a client sent it. Throws what is wrong with it. */
export function readItem(wanted: RealtimeItem, context: ReadItem): Item {
  const id = wanted.id ?? context.newId('item');
  switch (wanted.type) {
    case 'function_call': {
      const { name, arguments: text } = wanted;
      const callId = wanted.call_id ?? context.newId('call');
      return { kind: 'call', id, callId, name, arguments: text, status: 'completed' };
    }
    case 'function_call_output':
      return { kind: 'output', id, callId: wanted.call_id, output: wanted.output };
    case 'message':
      return readMessage(wanted, id, context);
    default:
      return wanted satisfies never;
  }
}

type WantedMessage = Extract<RealtimeItem, { type: 'message' }>;
type WantedPart = WantedMessage['content'][number];

function readMessage({ role, content }: WantedMessage, id: string, context: ReadItem): Item {
  const path = (at: number): string => `${context.param}.content.${at}`;
  switch (role) {
    case 'system':
      return { kind: 'message', id, role, text: content.map((part, at) => textOf(part, path(at))).join('\n') };
    case 'assistant': {
      const parts = content.map((part, at): AssistantPart => ({ kind: 'text', text: textOf(part, path(at)) }));
      return { kind: 'message', id, role, parts, status: 'completed' };
    }
    case 'user':
      return { kind: 'message', id, role, parts: content.map((part, at) => readUserPart(part, path(at), context)) };
    default:
      return role satisfies never;
  }
}

/** The words of a part; of sound that an assistant once made, its transcript. */
function textOf(part: WantedPart, param: string): string {
  const text = part.text ?? part.transcript;
  if (text !== undefined && text !== null) return text;
  throw new GatewayError(
    'invalid_request',
    `${param} must have text: only users' messages may bring sound or pictures`,
    { param },
  );
}

function readUserPart(part: WantedPart, param: string, context: ReadItem): UserPart {
  switch (part.type) {
    case 'input_audio':
    case 'audio':
    case 'output_audio': {
      if (part.audio === undefined || part.audio === null) return { kind: 'text', text: textOf(part, param) };
      const bytes = decodeBase64(part.audio, `${param}.audio`);
      if (bytes.length < 2)
        throw new GatewayError('empty_media', `${param}.audio holds no sound`, { param: `${param}.audio` });
      return { kind: 'sound', sound: { format: context.inputFormat, bytes, hearing: { kind: 'pending' } } };
    }
    case 'input_image': {
      const url = part.image_url ?? '';
      if (!url.startsWith('data:'))
        throw new GatewayError(
          'unsupported_value',
          `${param}.image_url must be a data URI: data:image/png;base64,<data>`,
          { param: `${param}.image_url` },
        );
      const options = { param: `${param}.image_url`, maxPixels: context.imagePixels };
      return { kind: 'image', image: checkImage(decodeBase64(url, options.param), options), url };
    }
    case 'input_text':
    case 'output_text':
    case 'text':
      return { kind: 'text', text: textOf(part, param) };
    default:
      return part.type satisfies never;
  }
}

/** The sounds of an item, with the place of each among its parts. */
export function soundsOf(item: Item): readonly { readonly sound: Sound; readonly contentIndex: number }[] {
  if (item.kind !== 'message' || item.role !== 'user') return [];
  return item.parts.flatMap((part, contentIndex) =>
    part.kind === 'sound' ? [{ sound: part.sound, contentIndex }] : [],
  );
}

/** The words of spoken pieces. */
export function transcriptOf(pieces: readonly SpokenPiece[]): string {
  return pieces.map(({ transcript }) => transcript).join('');
}

/**
 * Cuts the sound of an answer where its listener stopped it, and the words with it: those of pieces that were heard, and of the piece
 * that was cut as many as its part. Throws `invalid_request` where there is no such sound.
 */
export function truncateSpeech(item: Item, contentIndex: number, audioEndMs: number): void {
  const part = item.kind === 'message' && item.role === 'assistant' ? item.parts[contentIndex] : undefined;
  if (part?.kind !== 'speech')
    throw new GatewayError('invalid_request', 'only the sound of an answer can be truncated', { param: 'item_id' });
  const totalMs = part.pieces.reduce((sum, { ms }) => sum + ms, 0);
  if (audioEndMs > Math.ceil(totalMs))
    throw new GatewayError(
      'invalid_request',
      `audio_end_ms must be at most ${Math.ceil(totalMs)}: the sound is no longer`,
      { param: 'audio_end_ms' },
    );
  let left = audioEndMs;
  const heard: SpokenPiece[] = [];
  for (const { transcript, ms } of part.pieces) {
    if (left <= 0) break;
    heard.push(left >= ms ? { transcript, ms } : { transcript: firstWords(transcript, left / ms), ms: left });
    left -= ms;
  }
  part.pieces = heard;
  part.truncated = true;
}

/** As many whole words, or letters where words have no spaces, as the part of the text. */
function firstWords(text: string, part: number): string {
  const end = Math.floor(text.length * part);
  const cut = text.slice(0, end);
  if (!/\s/.test(text.trim()) || /\s/.test(text.charAt(end))) return cut;
  return cut.slice(0, cut.search(/\S*$/));
}
