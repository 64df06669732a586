import { Image } from 'paddleocr';
import { type RgbImage, cutImage } from './decode-image.ts';
import type { Corner, Corners, OcrModels } from './models.ts';
import { nextTurn } from './next-turn.ts';

/** A part of a picture in which text is looked for at once. */
export interface Band {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** The band answers for lines whose middle lies from here up to there along the picture's long side. */
  readonly from: number;
  readonly to: number;
}

/** Longer pictures (by their short side) are cut into bands: scaled down whole, their text would be too small. */
const LONGEST = 2.5;
const BAND_LENGTH = 1.5;
/** A picture that needs more is a thread, no text; it must not keep the model busy for hours. */
const MOST_BANDS = 24;
/** The part of the short side that neighbouring bands share, so that a line cut by one stands whole in the other. */
const OVERLAP = 0.2;
/** The detector overlooks text that touches the edge, so narrow pictures get a margin of this part of their short side. */
const MARGIN = 0.5;
const NARROW_PIXELS = 160;
/** The part of a line's height by which the detector's boxes are too high on either side for the recogniser. */
const LOOSE_MARGIN = 0.07;

export interface FindOptions {
  /** Text is looked for in so many pixels at once at most. */
  readonly mostPixels: number;
  readonly signal: AbortSignal;
}

/**
 * Finds the lines of a picture, in its pixels; long pictures are searched band by band. Throws the signal's reason
 * before a band once it aborted.
 */
export async function findLines(
  pixels: RgbImage,
  models: OcrModels,
  { mostPixels, signal }: FindOptions,
): Promise<Corners[]> {
  const found: Corners[] = [];
  const along = pixels.width > pixels.height ? 'x' : 'y';
  for (const band of bandsOf(pixels, mostPixels)) {
    await nextTurn(signal);
    const size = detectionSize(band, mostPixels);
    const frame = frameAround(size, mostPixels);
    const image = await cutImage(pixels, band, size, frame);
    const [byX, byY] = [band.width / size.width, band.height / size.height];
    for (const corners of await models.detect(toImage(image))) {
      const line = mapCorners(corners, ({ x, y }) => ({
        x: clamp((x - frame) * byX, band.width) + band.left,
        y: clamp((y - frame) * byY, band.height) + band.top,
      }));
      const middle = line.reduce((sum, corner) => sum + corner[along] / 4, 0);
      if (middle >= band.from && middle < band.to) found.push(tighten(line));
    }
  }
  return found;
}

/** The whole picture as one band, or overlapping bands along a long one that would have to be scaled down. */
export function bandsOf(picture: { readonly width: number; readonly height: number }, mostPixels: number): Band[] {
  const { width, height } = picture;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const whole = long <= LONGEST * short || width * height <= mostPixels;
  const count = whole ? 1 : Math.min(MOST_BANDS, Math.ceil(long / (BAND_LENGTH * short)));
  const share = long / count;
  const overlap = (OVERLAP * short) / 2;
  return Array.from({ length: count }, (_, index) => {
    const start = index === 0 ? 0 : Math.floor(index * share - overlap);
    const end = index === count - 1 ? long : Math.ceil((index + 1) * share + overlap);
    const duty = {
      from: index === 0 ? -Infinity : index * share,
      to: index === count - 1 ? Infinity : (index + 1) * share,
    };
    return width > height
      ? { left: start, top: 0, width: end - start, height, ...duty }
      : { left: 0, top: start, width, height: end - start, ...duty };
  });
}

/** The size at which text is looked for; the network takes multiples of 32. */
export function detectionSize(
  picture: { readonly width: number; readonly height: number },
  mostPixels: number,
): { width: number; height: number } {
  const shrink = Math.min(1, Math.sqrt(mostPixels / (picture.width * picture.height)));
  const longest = Math.max(1, Math.floor(mostPixels / 32 / 32)) * 32;
  const side = (length: number): number => Math.min(longest, Math.max(32, Math.round((length * shrink) / 32) * 32));
  return { width: side(picture.width), height: side(picture.height) };
}

/** The margin in pixels, a multiple of 32, for a picture of that size: none for one that is broad, or full already. */
function frameAround(size: { readonly width: number; readonly height: number }, mostPixels: number): number {
  const short = Math.min(size.width, size.height);
  const frame = 32 * Math.round((MARGIN * short) / 32);
  const fits = (size.width + 2 * frame) * (size.height + 2 * frame) <= mostPixels;
  return short < NARROW_PIXELS && fits ? frame : 0;
}

/** Height by width of a line's box. */
export function tallness([topLeft, topRight, bottomRight, bottomLeft]: Corners): number {
  const length = (a: Corner, b: Corner): number => Math.max(1, Math.floor(Math.hypot(a.x - b.x, a.y - b.y)));
  return (
    Math.max(length(topLeft, bottomLeft), length(topRight, bottomRight)) /
    Math.max(length(topLeft, topRight), length(bottomRight, bottomLeft))
  );
}

/** The library's picture of the same pixels. */
export function toImage({ width, height, data }: RgbImage): Image {
  return new Image(width, height, 3, data);
}

/** Takes the loose margin off both long sides. */
function tighten(corners: Corners): Corners {
  const [topLeft, topRight, bottomRight, bottomLeft] = corners;
  return tallness(corners) >= 1
    ? [
        inward(topLeft, topRight),
        inward(topRight, topLeft),
        inward(bottomRight, bottomLeft),
        inward(bottomLeft, bottomRight),
      ]
    : [
        inward(topLeft, bottomLeft),
        inward(topRight, bottomRight),
        inward(bottomRight, topRight),
        inward(bottomLeft, topLeft),
      ];
}

function inward(from: Corner, to: Corner): Corner {
  return { x: from.x + (to.x - from.x) * LOOSE_MARGIN, y: from.y + (to.y - from.y) * LOOSE_MARGIN };
}

function mapCorners(corners: Corners, map: (corner: Corner) => Corner): Corners {
  return [map(corners[0]), map(corners[1]), map(corners[2]), map(corners[3])];
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));
