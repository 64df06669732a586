import type { EngineDefinition } from '../engine-definition.ts';
import { parseSettings } from './settings.ts';

/** Node with the libraries. */
const PROCESS_BYTES = 120_000_000;
/** The detector's layers, measured on pictures of 0.3 to 1.6 million pixels. */
const BYTES_PER_DETECTION_PIXEL = 260;
/** The decoded picture and the copies made while it is scaled and cut. */
const BYTES_PER_WORKING_PIXEL = 12;

/** PP-OCR on the CPU: PNG, JPEG and WebP pictures to lines of text. */
export const paddleOcr: EngineDefinition<'ocr'> = {
  name: 'paddle-ocr',
  task: 'ocr',
  estimateBytes({ fileBytes, settings }) {
    const { detectionPixels, workingPixels } = parseSettings(settings);
    return (
      PROCESS_BYTES +
      2 * fileBytes +
      BYTES_PER_DETECTION_PIXEL * detectionPixels +
      BYTES_PER_WORKING_PIXEL * workingPixels
    );
  },
  // One picture at a time; the next one is decoded meanwhile.
  concurrency: () => 2,
};
