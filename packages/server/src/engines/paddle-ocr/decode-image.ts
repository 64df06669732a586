import sharp, { type Sharp } from 'sharp';
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
 * Decodes a PNG, JPEG or WebP picture (the first frame of an animated one), told by its first bytes, over white (white
 * drawings: over black) where it is transparent. Throws `empty_media` for nothing or less than 2 × 2 pixels, `too_large` for more than `maxPixels`
 * (nothing is decoded then), `invalid_media` for anything else that cannot be read.
 */
export async function decodeImage(encoded: Uint8Array, limits: DecodeLimits): Promise<DecodedImage> {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const { width, height, hasAlpha } = await readSize(bytes);
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
    const background = await backdropFor(image, hasAlpha);
    const { data, info } = await image
      .flatten({ background })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`the picture decoded to ${info.channels} channels`);
    return { width, height, pixels: { width: info.width, height: info.height, data } };
  } catch (error) {
    throw unreadable(error);
  }
}

/** A part of `image`, scaled to that size, with a frame of so many pixels that repeats its edge. */
export async function cutImage(
  image: RgbImage,
  part: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  size: { readonly width: number; readonly height: number },
  frame: number,
): Promise<RgbImage> {
  const { left, top, width, height } = part;
  const { data, info } = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extract({ left, top, width, height })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'linear' })
    .extend({ top: frame, bottom: frame, left: frame, right: frame, extendWith: 'copy' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** What transparent pixels are laid over: white, or black where what is seen is itself nearly white. */
async function backdropFor(image: Sharp, hasAlpha: boolean): Promise<string> {
  if (!hasAlpha) return '#ffffff';
  const { data } = await image
    .clone()
    .resize(64, 64, { fit: 'fill' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  let [light, opaque] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
    light += ((red + green + blue) / 3) * alpha;
    opaque += alpha;
  }
  const mostlyTransparent = opaque < 0.5 * 255 * (data.length / 4);
  return mostlyTransparent && light > 200 * opaque ? '#000000' : '#ffffff';
}

/** The displayed size as the header states it. */
async function readSize(bytes: Buffer): Promise<{ width: number; height: number; hasAlpha: boolean }> {
  if (bytes.length === 0) throw emptyPicture();
  if (!isKnownFormat(bytes)) throw unreadable(new Error('unknown first bytes'));
  // The decoder calls a PNG of no pixels damaged; the IHDR chunk says what is wrong with it.
  if (bytes.length >= 24 && bytes.subarray(0, 8).equals(PNG_MAGIC)) {
    if (bytes.readUInt32BE(16) === 0 || bytes.readUInt32BE(20) === 0) throw emptyPicture();
  }
  try {
    const { autoOrient, hasAlpha } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return { width: autoOrient.width, height: autoOrient.height, hasAlpha };
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
  new GatewayError('invalid_media', 'the picture cannot be decoded; send an undamaged PNG, JPEG or WebP file', {
    cause,
  });
