import { existsSync } from 'node:fs';
import type { Log } from '../../shared/log.ts';
import type { CatalogueEntry } from '../catalogue/catalogue-schema.ts';
import { type Catalogue, catalogueOf } from '../catalogue/catalogue.ts';
import type { FileStore } from '../store/store.ts';
import { kvBytesPerToken, shapeOfGguf } from './chat-shape.ts';
import { type GgufHeader, readGgufHeader } from './gguf-header.ts';
import { shapeOfHfModel } from './hf-model.ts';

type Settings = CatalogueEntry['settings'];
type Paths = Readonly<Record<string, string>>;

/** How the settings of an engine that only the memory estimate reads are taken from the headers of a model's files. */
const READERS: Readonly<Record<string, (paths: Paths) => Promise<Settings>>> = {
  'llama-cpp': readGguf,
  'llama-server': readGgufAndEncoder,
  vllm: readHfModel,
  sglang: readHfModel,
  trtllm: readHfModel,
};

/**
 * An entry's settings with what the memory estimate needs to know, read from the headers of the model's files (absolute paths by logical
 * name). What the entry says itself stands. Throws an Error that says what is wrong with a file.
 */
export async function completeSettings(
  entry: Pick<CatalogueEntry, 'engine' | 'settings'>,
  paths: Paths,
): Promise<Settings> {
  const found = (await READERS[entry.engine]?.(paths)) ?? {};
  return { ...found, ...entry.settings };
}

export interface CompleteCatalogue {
  readonly catalogue: Catalogue;
  readonly store: Pick<FileStore, 'model' | 'modelPath'>;
  readonly log: Log;
}

/** The catalogue with completed settings for every model whose files are here. A model whose headers cannot be read keeps its own. */
export async function completeCatalogue({ catalogue, store, log }: CompleteCatalogue): Promise<Catalogue> {
  const complete = async (entry: CatalogueEntry): Promise<CatalogueEntry> => {
    if (!(entry.engine in READERS)) return entry;
    const files = (await store.model(entry.id))?.loads ?? [];
    const paths = Object.fromEntries(files.map(({ name }) => [name, store.modelPath(entry.id, name)]));
    if (files.length === 0 || !Object.values(paths).every((path) => existsSync(path))) return entry;
    try {
      return { ...entry, settings: await completeSettings(entry, paths) };
    } catch (error) {
      log.warn(
        { model: entry.id, err: error },
        'the memory that the model needs can only be guessed: its header cannot be read',
      );
      return entry;
    }
  };
  return catalogueOf(await Promise.all(catalogue.entries.map(complete)));
}

const isEncoder = (name: string): boolean => name.startsWith('mmproj');

async function readGguf(paths: Paths): Promise<Settings> {
  const [path] = Object.entries(paths).flatMap(([name, each]) =>
    name.endsWith('.gguf') && !isEncoder(name) ? [each] : [],
  );
  return path === undefined ? {} : settingsOf(await readGgufHeader(path));
}

function settingsOf(header: GgufHeader): Settings {
  const shape = shapeOfGguf(header);
  return {
    kvBytesPerToken: Math.max(1, kvBytesPerToken(shape, 'f16')),
    ...(shape.vocabularyTokens > 0 ? { vocabularyTokens: shape.vocabularyTokens } : {}),
  };
}

/** Models in several files carry the keys in the first; a picture encoder is a file of its own. */
async function readGgufAndEncoder(paths: Paths): Promise<Settings> {
  const files = Object.entries(paths).filter(([name]) => name.endsWith('.gguf'));
  const headers = await Promise.all(files.map(([, path]) => readGgufHeader(path)));
  const weightsBytes = headers.reduce((sum, { tensorBytes }) => sum + tensorBytes, 0);
  return { ...(await readGguf(paths)), ...(files.length > 0 ? { weightsBytes } : {}) };
}

async function readHfModel(paths: Paths): Promise<Settings> {
  const config = paths['config.json'];
  const weights = Object.entries(paths).flatMap(([name, path]) => (name.endsWith('.safetensors') ? [path] : []));
  if (config === undefined || weights.length === 0) return {};
  const shape = await shapeOfHfModel(config, weights);
  return {
    weightsBytes: shape.weightBytes + shape.encoderBytes,
    replicatedBytes: shape.encoderBytes,
    kvBytesPerToken: kvBytesPerToken(shape, 'bf16'),
    attentionHeads: shape.attentionHeads,
    kvHeads: Math.max(1, ...shape.kvHeads),
  };
}
