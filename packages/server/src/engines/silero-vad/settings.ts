import { z } from 'zod';

/** Which of the model's files is what, by catalogue name. */
const SileroSettings = z.strictObject({ model: z.string() });
type SileroSettings = z.infer<typeof SileroSettings>;

/** Reads a model's settings; throws an error that names the wrong one. */
export function parseSettings(settings: Readonly<Record<string, unknown>>): SileroSettings {
  const parsed = SileroSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new Error(`the settings of the voice detector are wrong: ${z.prettifyError(parsed.error)}`);
}
