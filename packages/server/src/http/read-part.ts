import type { ContentPart } from '@concert/protocol';
import { checkAudio, checkImage } from '../pipeline/media/check-media.ts';
import { decodeBase64 } from '../pipeline/media/decode-base64.ts';
import { readImageHeader } from '../pipeline/media/image-header.ts';
import { beginsLikeAudio } from '../pipeline/media/is-audio.ts';
import { type FetchMedia, readMedia } from '../pipeline/media/read-media.ts';
import type { InputPart } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import type { RequestLimits } from './app-deps.ts';
import { isAbsent } from './is-absent.ts';
import { type AudioHint, withHeader } from './raw-audio.ts';

/** What reading the media of a request needs. */
export interface MediaContext {
  readonly limits: RequestLimits;
  readonly fetchMedia: FetchMedia;
  readonly signal: AbortSignal;
}

/** A piece of a user's message; `param` names it in errors. Throws what is wrong with its media. */
export async function readPart(part: ContentPart, param: string, context: MediaContext): Promise<InputPart> {
  switch (part.type) {
    case 'text':
      return { kind: 'text', text: part.text };
    case 'image_url':
      return readImage(part.image_url.url, `${param}.image_url.url`, context);
    case 'input_audio':
      return readAudio(part.input_audio.data, `${param}.input_audio.data`, part.input_audio);
    case 'file':
      return readFilePart(part.file, `${param}.file`, context);
    default:
      return part satisfies never;
  }
}

/** A picture from base64, a data URI or an address, checked by its header. */
export async function readImage(
  text: string,
  param: string,
  context: MediaContext,
): Promise<Extract<InputPart, { kind: 'image' }>> {
  const bytes = await readMedia(text, { param, fetchMedia: context.fetchMedia, signal: context.signal });
  return checkImage(bytes, { param, maxPixels: context.limits.imagePixels });
}

/** A recording from base64 or a data URI; `hint` tells what samples without a header are. */
export function readAudio(text: string, param: string, hint: AudioHint = {}): InputPart {
  return checkAudio(withHeader(decodeBase64(text, param), hint), param);
}

/** A file in OpenAI’s shape: its bytes decide whether it is a picture, a recording or text. Throws `unsupported_value` for others. */
export function readFilePart(
  file: Extract<ContentPart, { type: 'file' }>['file'],
  param: string,
  context: MediaContext,
): InputPart {
  if (isAbsent(file.file_data)) {
    throw isAbsent(file.file_id)
      ? new GatewayError('invalid_request', `${param}.file_data is missing; it is required`, {
          param: `${param}.file_data`,
        })
      : new GatewayError('unsupported_value', `${param}.file_id: files are not kept; send the file as file_data`, {
          param: `${param}.file_id`,
        });
  }
  const at = `${param}.file_data`;
  const bytes = decodeBase64(file.file_data, at);
  if (bytes.length === 0) throw new GatewayError('empty_media', `${at} holds no bytes; send a file`, { param: at });
  if (readImageHeader(bytes) !== null) return checkImage(bytes, { param: at, maxPixels: context.limits.imagePixels });
  if (beginsLikeAudio(bytes)) return checkAudio(bytes, at);
  const text = bytes.toString('latin1', 0, 5) === '%PDF-' ? null : textOf(bytes);
  if (text === null) {
    throw new GatewayError(
      'unsupported_value',
      `${at} is neither text, a picture nor a recording; PDF and office files are not read: send their text, or pictures of their pages`,
      { param: at },
    );
  }
  return { kind: 'text', text: isAbsent(file.filename) ? text : `${file.filename}:\n${text}` };
}

/** UTF-8 without NUL, which no text has; null for other bytes. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
