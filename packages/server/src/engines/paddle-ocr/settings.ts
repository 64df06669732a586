import { z } from 'zod';

/** How a PP-OCR model is run; every value has a default that suits documents, screenshots and photos. */
export const PaddleOcrSettings = z.strictObject({
  /** A picture whose header names more pixels is refused before it is decoded. */
  maxPixels: z.int().positive().default(40_000_000),
  /** Larger pictures are scaled down to so many pixels once decoded; boxes still count the original ones. */
  workingPixels: z.int().positive().default(8_000_000),
  /** Text is looked for in a copy of at most so many pixels; more finds smaller text, for some 260 bytes of memory each. */
  detectionPixels: z.int().positive().default(1_000_000),
  /** Lines that the model is less sure of (0 to 1) are left out. */
  minConfidence: z.number().min(0).max(1).default(0.5),
});
export type PaddleOcrSettings = z.infer<typeof PaddleOcrSettings>;

/** Reads a model's settings; throws an error that names the wrong one. */
export function parseSettings(settings: Readonly<Record<string, unknown>>): PaddleOcrSettings {
  const parsed = PaddleOcrSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new Error(`the settings of the OCR model are wrong: ${z.prettifyError(parsed.error)}`);
}
