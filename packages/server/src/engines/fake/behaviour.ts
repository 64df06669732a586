import { z } from 'zod';

/** How the fake engine's process ends itself: a native abort, an exit, or a kill from outside. */
const Crash = z.enum(['abort', 'exit', 'kill']);
export type Crash = z.infer<typeof Crash>;

/** The model's settings that the fake engine understands; others belong to the test. */
export const FakeSettings = z.object({
  /** How long loading takes. */
  loadMs: z.number().default(0),
  /** Loading throws an error of this code; an unknown code makes a plain Error. */
  failLoad: z.string().optional(),
  crashLoad: Crash.optional(),
  /** Bytes of memory that the loaded model really holds. */
  holdBytes: z.number().default(0),
  /** Blocks its thread for so long when told to stop. */
  ignoreStopMs: z.number().default(0),
});
export type FakeSettings = z.infer<typeof FakeSettings>;

/** What a request may tell the fake engine: JSON as the last message, the text to speak, or the bytes of the medium. */
export const FakeRequest = z.object({
  /** What it answers, word by word; by default it says the request again. */
  say: z.string().optional(),
  /** Thinks this before it answers, word by word. */
  think: z.string().optional(),
  /** Calls these functions after what it says, each in fragments of `fragment` characters of its arguments. */
  calls: z.array(z.object({ name: z.string(), arguments: z.string() })).default([]),
  fragment: z.int().min(1).default(4),
  /** Counts so many tokens of the prompt as cached. */
  cachedTokens: z.int().default(0),
  /** Answers how many requests ended early so far, cancelled or given up by their reader. */
  report: z.literal('ended-early').optional(),
  /** Answers so many words instead. */
  tokens: z.int().optional(),
  /** Waits before each event. */
  delayMs: z.number().default(0),
  crash: Crash.optional(),
  /** Throws an error of this code; an unknown code makes a plain Error. */
  fail: z.string().optional(),
  /** Crash and failure come after so many words. */
  afterTokens: z.int().default(0),
  /** Bytes of memory that it takes and keeps until the model is unloaded. */
  growBytes: z.number().default(0),
  /** Goes on though it was cancelled. */
  ignoreCancel: z.boolean().default(false),
  /** Starts a process that holds this one's stderr for so many seconds and says its id. */
  leaveBehindSeconds: z.int().default(0),
  /** Writes so many bytes without a line end to stderr. */
  stderrBytes: z.int().default(0),
});
export type FakeRequest = z.infer<typeof FakeRequest>;

/** Reads the instructions from a request's text; text that is no JSON object is said again. */
export function toldBy(text: string): FakeRequest & { readonly say: string } {
  if (!text.startsWith('{')) return { ...FakeRequest.parse({}), say: text };
  const told = FakeRequest.parse(JSON.parse(text));
  const words = Array.from({ length: told.tokens ?? 1 }, (_, at) => `w${at}`).join(' ');
  return { ...told, say: told.say ?? (told.calls.length > 0 ? '' : words) };
}
