import type { ImageMediaType } from '../request.ts';

/** What a picture's header says; nothing of it was decoded. */
export interface ImageHeader {
  readonly mediaType: ImageMediaType;
  /** Pixels; null when the header is cut off or damaged. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

/** The picture's format by its first bytes and its size by its header; null when it is none of the three formats. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.subarray(0, 8).equals(PNG)) return { mediaType: 'image/png', size: pngSize(view) };
  if (view.length >= 3 && view.readUIntBE(0, 3) === 0xffd8ff) return { mediaType: 'image/jpeg', size: jpegSize(view) };
  if (ascii(view, 0, 4) === 'RIFF' && ascii(view, 8, 12) === 'WEBP')
    return { mediaType: 'image/webp', size: webpSize(view) };
  return null;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function ascii(view: Buffer, start: number, end: number): string {
  return view.toString('latin1', start, end);
}

/** PNG (ISO 15948): IHDR is the first chunk. */
function pngSize(view: Buffer): ImageHeader['size'] {
  if (view.length < 24 || ascii(view, 12, 16) !== 'IHDR') return null;
  return { width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
}

/** JPEG (ITU T.81, B.2.2): segments until a frame header, SOF0 to SOF15 without DHT, JPG and DAC. */
function jpegSize(view: Buffer): ImageHeader['size'] {
  let at = 2;
  while (at + 9 <= view.length) {
    if (view[at] !== 0xff) return null;
    const marker = view.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: view.readUInt16BE(at + 7), height: view.readUInt16BE(at + 5) };
    }
    const length = view.readUInt16BE(at + 2);
    // A segment counts its own length field; scan data before a frame header is damage.
    if (length < 2 || marker === 0xda) return null;
    at += 2 + length;
  }
  return null;
}

/** WebP (RFC 9649): the first chunk is VP8, VP8L or VP8X. */
function webpSize(view: Buffer): ImageHeader['size'] {
  if (view.length < 30) return null;
  switch (ascii(view, 12, 16)) {
    case 'VP8 ':
      if (view.readUIntBE(23, 3) !== 0x9d012a) return null;
      return { width: view.readUInt16LE(26) & 0x3fff, height: view.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      if (view[20] !== 0x2f) return null;
      const bits = view.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: view.readUIntLE(24, 3) + 1, height: view.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
}
