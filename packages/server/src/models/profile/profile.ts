import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

const PROFILE_FOLDER = fileURLToPath(new URL('../../../profiles', import.meta.url));

const version = z.string().regex(/^\d+(\.\d+)*(rc\d+)?$/, 'a version such as 12.1');

/** What a machine must have so that a profile is chosen by itself; one that is named by hand is tried all the same. */
const ProfileNeeds = z.strictObject({
  /** Memory that is free, in bytes. */
  free_bytes: z.int().nonnegative(),
  /** Boards with a slow processor and slow memory take a profile that asks for none of this. */
  boards: z.boolean().default(false),
  /** NVIDIA cards with memory of their own; absent: none. */
  gpus: z
    .strictObject({
      count: z.int().min(1),
      /** Of each card, in bytes. */
      free_bytes: z.int().positive(),
      /** NVIDIA's number for what the chip can do. */
      compute_capability: version,
      /** Below it the model runs, but in another number format than it was trained in. */
      advised_capability: version.optional(),
    })
    .optional(),
  /** Least versions of programs, where the chat model is served by one that is not ours. */
  software: z
    .partialRecord(
      z.enum(['cuda', 'python', 'torch', 'transformers', 'sentencepiece', 'safetensors', 'vllm', 'llama-server']),
      version,
    )
    .default({}),
});
export type ProfileNeeds = z.infer<typeof ProfileNeeds>;

/** A set of models for a kind of machine. */
export const Profile = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Profiles are tried from the highest rank down; the first that fits is chosen. */
  rank: z.int(),
  /** Conversations that the chat model writes at once, and the tokens of each, where the configuration says nothing. */
  max_num_seqs: z.int().min(1),
  max_seq_len: z.int().min(256),
  needs: ProfileNeeds,
  /** Catalogue ids by the work they do; `tts` by ISO 639-1 language. */
  roles: z.strictObject({
    chat: z.string(),
    ocr: z.string(),
    asr: z.string(),
    tts: z.record(z.string().regex(/^[a-z]{2}$/), z.string()),
    /** Tells where a speaker begins and ends; absent: conversations by voice need a client that says so. */
    vad: z.string().optional(),
    /** Turns texts into vectors; absent: embeddings are refused. */
    embed: z.string().optional(),
  }),
});
export type Profile = z.infer<typeof Profile>;

/** Reads every profile that comes with the server, by name. Throws an Error naming file and key where one is malformed. */
export function loadProfiles(folder: string = PROFILE_FOLDER): ReadonlyMap<string, Profile> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return new Map(
    names.sort().map((name) => {
      const parsed = Profile.safeParse(parseYaml(readFileSync(join(folder, name), 'utf8')));
      if (!parsed.success) throw new Error(`profile file ${name}: ${z.prettifyError(parsed.error)}`);
      return [parsed.data.id, parsed.data];
    }),
  );
}

/** Every model of a profile, each once. */
export function profileModels(profile: Pick<Profile, 'roles'>): string[] {
  const { chat, ocr, asr, tts, vad, embed } = profile.roles;
  const optional = [vad, embed].filter((id) => id !== undefined);
  return [...new Set([chat, ocr, asr, ...Object.values(tts), ...optional])];
}
