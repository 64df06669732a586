import { z } from 'zod';

/** How a Whisper model is run; every value but the file names has a default. */
const WhisperSettings = z.strictObject({
  /** Catalogue names of the files. */
  encoder: z.string(),
  decoder: z.string(),
  tokens: z.string(),
  vad: z.string(),
  /** Longer audio is refused, after so much of it was decoded. */
  maxAudioSeconds: z
    .number()
    .positive()
    .default(4 * 3600),
  /** Longest piece given to the model at once. Whisper takes 30 s; fast speech needs room for its tokens, so less is better. */
  maxWindowSeconds: z.number().min(5).max(28).default(24),
  /** From 0 to 1: how sure the voice detector must be that somebody speaks. */
  speechThreshold: z.number().min(0.05).max(0.95).default(0.5),
  /** A pause of so many seconds ends a stretch of speech. */
  minPauseSeconds: z.number().min(0.1).max(2).default(0.25),
  /** Whisper's codes of languages that this model knows beside the usual 99. */
  extraLanguages: z.array(z.string()).default([]),
});
export type WhisperSettings = z.infer<typeof WhisperSettings>;

/** Reads a model's settings; throws an error that names the wrong one. */
export function parseSettings(settings: Readonly<Record<string, unknown>>): WhisperSettings {
  const parsed = WhisperSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new Error(`the settings of the Whisper model are wrong: ${z.prettifyError(parsed.error)}`);
}
