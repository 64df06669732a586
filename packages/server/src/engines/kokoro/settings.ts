import { z } from 'zod';

/** Which of the model's files is what, by catalogue name. */
export const KokoroSettings = z.strictObject({
  model: z.string(),
  voices: z.string(),
  vocabulary: z.string(),
});
export type KokoroSettings = z.infer<typeof KokoroSettings>;

/** Reads a model's settings; throws an error that names the wrong one. */
export function parseSettings(settings: Readonly<Record<string, unknown>>): KokoroSettings {
  const parsed = KokoroSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new Error(`the settings of the Kokoro model are wrong: ${z.prettifyError(parsed.error)}`);
}
