import { Image } from 'paddleocr';
import type { OcrEvent, OcrLine, Point } from '../engine.ts';
import { type DecodedImage, type RgbImage, resizeImage } from './decode-image.ts';
import type { Corners, OcrModels } from './models.ts';
import type { PaddleOcrSettings } from './settings.ts';
import { type Quad, sortLines } from './sort-lines.ts';

/** A crop of a line, and how it lies in the picture. */
interface Candidate {
  readonly crop: Image;
  readonly corners: Corners;
  /** Taller than wide: the crop was turned a quarter counter-clockwise to lie flat. */
  readonly tall: boolean;
  /** How sure the classifier is, 0 to 1, that the crop is upside down. */
  readonly upsideDown: number;
}

interface Reading {
  readonly text: string;
  readonly confidence: number;
  /** The number of the corner at which the line begins. */
  readonly firstCorner: number;
}

/** Text that is less sure than this is tried the other way up. */
const DOUBTFUL = 0.75;
/** An unlikely reading must win by this much: 6 and 9 are both read surely. */
const CLEARLY_SURER = 0.1;
/** The part of a line's height that the detector leaves as margin on either side beyond what the recogniser likes. */
const LOOSE_MARGIN = 0.07;
/** Taller crops than this are vertical lines; less tall ones may be a lone upright character. */
const LONE_CHARACTER_RATIO = 2.6;

/** Finds and reads the text of a picture; between the networks' runs it throws the signal's reason once that aborted. */
export async function readPage(
  picture: DecodedImage,
  models: OcrModels,
  settings: PaddleOcrSettings,
  signal: AbortSignal,
): Promise<OcrEvent> {
  const page = toImage(picture.pixels);
  const candidates: Candidate[] = [];
  for (const corners of await findLines(picture.pixels, models, settings)) {
    await nextTurn(signal);
    const crop = page.cropRotated([...corners]);
    candidates.push({ crop, corners, tall: tallness(corners) >= 1.5, upsideDown: await models.upsideDown(crop) });
  }
  const votes = { flat: isMostlyUpsideDown(candidates, false), tall: isMostlyUpsideDown(candidates, true) };
  const lines: OcrLine[] = [];
  let [readLength, turnedLength] = [0, 0];
  for (const candidate of candidates) {
    await nextTurn(signal);
    const { text, confidence, firstCorner } = await read(candidate, votes, models);
    if (text.trim() === '' || confidence < settings.minConfidence) continue;
    lines.push({ text: text.trim(), confidence, box: boxFrom(candidate.corners, firstCorner, picture) });
    readLength += candidate.crop.width;
    if (firstCorner === 2) turnedLength += candidate.crop.width;
  }
  const rotation = turnedLength > 0.5 * readLength ? 180 : 0;
  return { kind: 'ocr-result', width: picture.width, height: picture.height, rotation, lines: sortLines(lines) };
}

async function findLines(pixels: RgbImage, models: OcrModels, settings: PaddleOcrSettings): Promise<Corners[]> {
  const size = detectionSize(pixels, settings.detectionPixels);
  const found = await models.detect(toImage(await resizeImage(pixels, size.width, size.height)));
  const [byX, byY] = [pixels.width / size.width, pixels.height / size.height];
  return found.map((corners) => tighten(mapCorners(corners, ({ x, y }) => ({ x: x * byX, y: y * byY }))));
}

/** The size at which text is looked for: the network takes multiples of 32, and needs some pixels to see anything. */
export function detectionSize(
  picture: { readonly width: number; readonly height: number },
  mostPixels: number,
): { width: number; height: number } {
  const shrink = Math.min(1, Math.sqrt(mostPixels / (picture.width * picture.height)));
  const side = (length: number): number => Math.max(32, Math.round((length * shrink) / 32) * 32);
  return { width: side(picture.width), height: side(picture.height) };
}

/** Reads a line in the way that the classifier and its neighbours suggest, and in others where there is doubt. */
async function read(
  candidate: Candidate,
  votes: { readonly flat: boolean; readonly tall: boolean },
  models: OcrModels,
): Promise<Reading> {
  const { crop, tall, corners } = candidate;
  const vote = tall ? votes.tall : votes.flat;
  const own = candidate.upsideDown > 0.5;
  const readTurned = async (turned: boolean): Promise<Reading> => ({
    ...(await models.recognise(turned ? crop.rotate180() : crop)),
    firstCorner: (tall ? 1 : 0) + (turned ? 2 : 0),
  });
  let best = await readTurned(vote);
  if (own !== vote || best.confidence < DOUBTFUL) best = surer(best, await readTurned(!vote), CLEARLY_SURER);
  if (tall && tallness(corners) < LONE_CHARACTER_RATIO) {
    const upright: Reading = { ...(await models.recognise(crop.rotateClockwise())), firstCorner: 0 };
    if ([...upright.text].length === 1) best = surer(upright, best, CLEARLY_SURER);
  }
  return best;
}

/** The second reading where it is surer by that much, else the first. */
function surer(first: Reading, second: Reading, by: number): Reading {
  return second.confidence > first.confidence + by ? second : first;
}

/** Lines vote by their length: the classifier errs on short ones, such as a lone digit. */
function isMostlyUpsideDown(candidates: readonly Candidate[], tall: boolean): boolean {
  let sum = 0;
  for (const candidate of candidates) {
    if (candidate.tall === tall) sum += (candidate.upsideDown - 0.5) * candidate.crop.width;
  }
  return sum > 0;
}

/** Height by width of the box. */
function tallness([topLeft, topRight, bottomRight, bottomLeft]: Corners): number {
  const length = (a: { x: number; y: number }, b: { x: number; y: number }): number => Math.floor(Math.hypot(a.x - b.x, a.y - b.y));
  const width = Math.max(length(topLeft, topRight), length(bottomRight, bottomLeft), 1);
  return Math.max(length(topLeft, bottomLeft), length(topRight, bottomRight), 1) / width;
}

/** The corners in the order of reading, in pixels of the displayed picture. */
function boxFrom(corners: Corners, first: number, picture: DecodedImage): Quad {
  const [byX, byY] = [picture.width / picture.pixels.width, picture.height / picture.pixels.height];
  const points: readonly Point[] = corners.map(({ x, y }) => [Math.round(x * byX), Math.round(y * byY)]);
  return [0, 1, 2, 3].map((index) => points[(first + index) % 4]) as unknown as Quad;
}

function mapCorners(corners: Corners, map: (corner: Corners[0]) => Corners[0]): Corners {
  return [map(corners[0]), map(corners[1]), map(corners[2]), map(corners[3])];
}

/** Takes the loose margin off both long sides. */
function tighten(corners: Corners): Corners {
  const [topLeft, topRight, bottomRight, bottomLeft] = corners;
  return tallness(corners) >= 1
    ? [
        between(topLeft, topRight),
        between(topRight, topLeft),
        between(bottomRight, bottomLeft),
        between(bottomLeft, bottomRight),
      ]
    : [
        between(topLeft, bottomLeft),
        between(topRight, bottomRight),
        between(bottomRight, topRight),
        between(bottomLeft, topLeft),
      ];
}

const between = (from: Corners[0], to: Corners[0]): Corners[0] => ({
  x: from.x + (to.x - from.x) * LOOSE_MARGIN,
  y: from.y + (to.y - from.y) * LOOSE_MARGIN,
});

const toImage = ({ width, height, data }: RgbImage): Image => new Image(width, height, 3, data);

/** Lets messages in, a cancellation among them: the networks run on the process's only thread. */
async function nextTurn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
