import type { EngineDefinition } from '../engine.ts';

/** PP-OCR on the CPU: PNG, JPEG and WebP pictures to lines of text. */
export const paddleOcr: EngineDefinition<'ocr'> = {
  name: 'paddle-ocr',
  task: 'ocr',
  estimateBytes: ({ fileBytes }) => fileBytes * 2,
};
