import type { Image } from 'paddleocr';
import type { OcrEvent, OcrLine, Point } from '../engine.ts';
import type { DecodedImage } from './decode-image.ts';
import { findLines, tallness, toImage } from './find-lines.ts';
import type { Corners, OcrModels } from './models.ts';
import type { PaddleOcrSettings } from './settings.ts';
import { type Quad, sortLines } from './sort-lines.ts';
import { nextTurn } from './next-turn.ts';

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
  for (const corners of await findLines(picture.pixels, models, { mostPixels: settings.detectionPixels, signal })) {
    await nextTurn(signal);
    const crop = page.cropRotated([...corners]);
    candidates.push({ crop, corners, tall: tallness(corners) >= 1.5, upsideDown: await models.upsideDown(crop) });
  }
  const votes = { flat: isMostlyUpsideDown(candidates, false), tall: isMostlyUpsideDown(candidates, true) };
  const lines: OcrLine[] = [];
  let [readLength, turnedLength] = [0, 0];
  for (const candidate of candidates) {
    await nextTurn(signal);
    const { text: raw, confidence, firstCorner } = await read(candidate, votes, models);
    const text = tidySpaces(raw);
    if (text === '' || confidence < settings.minConfidence) continue;
    lines.push({ text, confidence, box: boxFrom(candidate.corners, firstCorner, picture) });
    readLength += candidate.crop.width;
    if (firstCorner === 2) turnedLength += candidate.crop.width;
  }
  const rotation = turnedLength > 0.5 * readLength ? 180 : 0;
  return { kind: 'ocr-result', width: picture.width, height: picture.height, rotation, lines: sortLines(lines) };
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
    if (Array.from(upright.text).length === 1) best = surer(upright, best, CLEARLY_SURER);
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

/** Full-width punctuation brings its own space, which the recogniser writes as one more. */
export function tidySpaces(text: string): string {
  return text.replace(/\s*([\u3001\u3002\uff00-\uffef])\s*/gu, '$1').trim();
}

/** The corners in the order of reading, in pixels of the displayed picture. */
function boxFrom(corners: Corners, first: number, picture: DecodedImage): Quad {
  const [byX, byY] = [picture.width / picture.pixels.width, picture.height / picture.pixels.height];
  const points: readonly Point[] = corners.map(({ x, y }) => [Math.round(x * byX), Math.round(y * byY)]);
  return [0, 1, 2, 3].map((index) => points[(first + index) % 4]) as unknown as Quad;
}
