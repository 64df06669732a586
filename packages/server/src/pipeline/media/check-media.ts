import { GatewayError } from '../../shared/errors.ts';
import type { InputPart } from '../request.ts';
import { readImageHeader } from './image-header.ts';

/** No audio format holds a sample in fewer bytes than this. */
const LEAST_AUDIO_BYTES = 32;

type ImagePart = Extract<InputPart, { kind: 'image' }>;
type AudioPart = Extract<InputPart, { kind: 'audio' }>;

/**
 * Accepts a picture by its header alone, so that nothing big is ever decoded. Throws `empty_media`, `invalid_media`
 * or, above `maxPixels`, `too_large`.
 */
export function checkImage(
  bytes: Uint8Array,
  options: { readonly param: string; readonly maxPixels: number },
): ImagePart {
  const { param, maxPixels } = options;
  if (bytes.length === 0)
    throw new GatewayError('empty_media', `${param} holds no bytes; send a PNG, JPEG or WebP picture`, { param });
  const header = readImageHeader(bytes);
  if (header === null) {
    throw new GatewayError('invalid_media', `${param} is not a PNG, JPEG or WebP picture; convert it to one of these`, {
      param,
    });
  }
  if (header.size === null) {
    throw new GatewayError(
      'invalid_media',
      `${param} is a damaged or cut ${header.mediaType}: its size cannot be read; send it whole`,
      { param },
    );
  }
  const { width, height } = header.size;
  if (width === 0 || height === 0) {
    throw new GatewayError(
      'empty_media',
      `${param} is a picture of ${width} × ${height} pixels; send one that has pixels`,
      { param },
    );
  }
  if (width * height > maxPixels) {
    throw new GatewayError(
      'too_large',
      `${param} has ${width} × ${height} pixels and at most ${maxPixels} are taken; scale it down`,
      { param },
    );
  }
  return { kind: 'image', bytes, mediaType: header.mediaType };
}

/** Accepts audio that could hold a sample; its format is the decoder's to judge. Throws `empty_media`. */
export function checkAudio(bytes: Uint8Array, param: string): AudioPart {
  if (bytes.length < LEAST_AUDIO_BYTES) {
    throw new GatewayError(
      'empty_media',
      `${param} holds no audio: it is ${bytes.length} bytes long; send an encoded file such as wav or mp3`,
      { param },
    );
  }
  return { kind: 'audio', bytes };
}
