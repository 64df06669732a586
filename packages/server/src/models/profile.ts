import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { formatBytes } from './format-bytes.ts';
import type { Machine } from './machine.ts';

const PROFILE_FOLDER = fileURLToPath(new URL('../../profiles', import.meta.url));

/** A set of models for a kind of machine. */
export const Profile = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Conversations that the chat model writes at once, and the tokens of each, where the configuration says nothing. */
  max_num_seqs: z.int().min(1),
  max_seq_len: z.int().min(256),
  /** Catalogue ids by the work they do; `tts` by ISO 639-1 language. */
  roles: z.strictObject({
    chat: z.string(),
    ocr: z.string(),
    asr: z.string(),
    tts: z.record(z.string().regex(/^[a-z]{2}$/), z.string()),
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
export function profileModels(profile: Profile): string[] {
  const { chat, ocr, asr, tts } = profile.roles;
  return [...new Set([chat, ocr, asr, ...Object.values(tts)])];
}

/** Free memory from which the larger language model is worth its time. */
const LAPTOP_BYTES = 6_000_000_000;

/** Names the profile for a machine and says why. */
export function chooseProfile(machine: Machine): { readonly profile: string; readonly reason: string } {
  const free = formatBytes(machine.freeBytes);
  if (machine.freeBytes >= LAPTOP_BYTES)
    return { profile: 'laptop', reason: `${free} of memory are free on ${machine.arch}; laptop needs 6 GB` };
  return { profile: 'edge', reason: `only ${free} of memory are free on ${machine.arch}; laptop would need 6 GB` };
}
