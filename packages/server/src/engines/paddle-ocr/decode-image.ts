import sharp from 'sharp';
import { GatewayError } from '../../shared/errors.ts';

/** Pixels as rows of red, green, blue bytes. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A decoded picture, upright by its EXIF orientation and opaque. */
export interface DecodedImage {
  /** Size of the picture as it is displayed. */
  readonly width: number;
  readonly height: number;
  /** Its pixels, scaled down (both sides alike, give or take a pixel) where the picture is large. */
  readonly pixels: RgbImage;
}

export interface DecodeLimits {
  /** Pictures with more pixels are refused. */
  readonly maxPixels: number;
  /** Pictures with more pixels are scaled down. */
  readonly workingPixels: number;
}

const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG_MAGIC = Buffer.from([0xff, 0xd8, 0xff]);

/**
 * Decodes a PNG, JPEG or WebP picture (the first frame of an animated one), told by its first bytes, over white where it
 * is transparent. Throws `empty_media` for nothing or less than 2 × 2 pixels, `too_large` for more than `maxPixels`
 * (nothing is decoded then), `invalid_media` for anything else that cannot be read.
 */
export async function decodeImage(encoded: Uint8Array, limits: DecodeLimits): Promise<DecodedImage> {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const { width, height } = await readSize(bytes);
  if (width < 2 || height < 2) throw emptyPicture();
  if (width * height > limits.maxPixels) {
    const most = Math.round(limits.maxPixels / 1e6);
    throw new GatewayError(
      'too_large',
      `the picture has ${width} × ${height} pixels, more than the ${most} million this model reads; send a smaller one`,
    );
  }
  const scale = Math.min(1, Math.sqrt(limits.workingPixels / (width * height)));
  let image = sharp(bytes, { limitInputPixels: limits.maxPixels, failOn: 'error' }).autoOrient();
  if (scale < 1) image = image.resize(atLeastTwo(width * scale), atLeastTwo(height * scale), { fit: 'fill' });
  try {
    const { data, info } = await image
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`the picture decoded to ${info.channels} channels`);
    return { width, height, pixels: { width: info.width, height: info.height, data } };
  } catch (error) {
    throw unreadable(error);
  }
}

/** Scales `image` to exactly that size. */
export async function resizeImage(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  if (image.width === width && image.height === height) return image;
  const data = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { width, height, data };
}

/** The displayed size as the header states it. */
async function readSize(bytes: Buffer): Promise<{ width: number; height: number }> {
  if (bytes.length === 0) throw emptyPicture();
  if (!isKnownFormat(bytes)) throw unreadable(new Error('unknown first bytes'));
  // The decoder calls a PNG of no pixels damaged; the IHDR chunk says what is wrong with it.
  if (bytes.length >= 24 && bytes.subarray(0, 8).equals(PNG_MAGIC)) {
    if (bytes.readUInt32BE(16) === 0 || bytes.readUInt32BE(20) === 0) throw emptyPicture();
  }
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (error) {
    throw unreadable(error);
  }
}

function isKnownFormat(bytes: Buffer): boolean {
  if (bytes.subarray(0, 8).equals(PNG_MAGIC) || bytes.subarray(0, 3).equals(JPEG_MAGIC)) return true;
  return bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
}

const atLeastTwo = (side: number): number => Math.max(2, Math.round(side));

const emptyPicture = (): GatewayError =>
  new GatewayError('empty_media', 'the picture holds no pixels to read; send a PNG, JPEG or WebP picture of some text');

const unreadable = (cause: unknown): GatewayError =>
  new GatewayError('invalid_media', 'the picture cannot be decoded; send an undamaged PNG, JPEG or WebP file', { cause });
