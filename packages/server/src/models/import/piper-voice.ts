import { z } from 'zod';

/** What is needed of a Piper voice's JSON file; the other fields are left alone. */
const PiperVoice = z.object({
  audio: z.object({ sample_rate: z.int().positive() }),
  espeak: z.object({ voice: z.string().regex(/^[A-Za-z0-9-]+$/) }),
  language: z.object({ name_english: z.string() }),
  num_speakers: z.int().positive(),
  phoneme_type: z.literal('espeak').optional(),
  phoneme_id_map: z.record(z.string(), z.array(z.int().nonnegative()).min(1)),
});
export type PiperVoice = z.infer<typeof PiperVoice>;

/** Reads a Piper voice's JSON text; throws an Error that names what is wrong in it. */
export function parsePiperVoice(json: string): PiperVoice {
  const parsed = PiperVoice.safeParse(JSON.parse(json));
  if (parsed.success) return parsed.data;
  throw new Error(`the Piper voice's JSON file is not usable: ${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}

/**
 * The tokens file sherpa-onnx wants beside a Piper voice: one line `<symbol> <id>` per phoneme, in the order of the ids.
 * A symbol of several characters cannot be looked up there and is refused.
 */
export function piperTokens(voice: PiperVoice): string {
  const rows = Object.entries(voice.phoneme_id_map).map(([symbol, ids]) => [symbol, ids[0] ?? 0] as const);
  const long = rows.find(([symbol]) => !/^.$/su.test(symbol));
  if (long !== undefined)
    throw new Error(`the Piper voice has the phoneme ${JSON.stringify(long[0])}, which is not one character`);
  return rows
    .toSorted((a, b) => a[1] - b[1])
    .map(([symbol, id]) => `${symbol} ${id}\n`)
    .join('');
}

/** The entries that sherpa-onnx reads from a Piper model's ONNX metadata. */
export function piperMetadata(voice: PiperVoice): Record<string, string> {
  return {
    model_type: 'vits',
    comment: 'piper',
    language: voice.language.name_english,
    voice: voice.espeak.voice,
    has_espeak: '1',
    n_speakers: String(voice.num_speakers),
    sample_rate: String(voice.audio.sample_rate),
  };
}
