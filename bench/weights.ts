import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../packages/server/src/config.ts';
import { ENGINES } from '../packages/server/src/engines/registry.ts';
import { CATALOGUE_FOLDER, loadCatalogue } from '../packages/server/src/models/catalogue/catalogue.ts';
import type { ModelSpec } from '../packages/server/src/models/model-manager.ts';
import { loadProfiles, profileModels, type Profile } from '../packages/server/src/models/profile/profile.ts';
import { FileStore } from '../packages/server/src/models/store/store.ts';
import { modelSpecs } from '../packages/server/src/services.ts';
import { silentLog } from '../packages/server/src/shared/log.ts';
import { BenchError } from './options.ts';

/** The models of a profile as the server runs them from a state folder. */
export interface BenchModels {
  readonly profile: Profile;
  /** Throws BenchError for a model that the profile lacks. */
  spec(id: string): ModelSpec;
  /** Bytes that the model's engine is thought to need. */
  estimateBytes(id: string): number;
  /** Where the files lie that the model's engine loads, by name. */
  files(id: string): Promise<Readonly<Record<string, string>>>;
}

/** The state folder that the server uses where none is named. */
export function defaultHome(): string {
  return loadConfig().home;
}

/** The profile whose central model is this one. Throws BenchError, naming those that can be measured, when there is none. */
export function profileOfChatModel(model: string): string {
  const profiles = [...loadProfiles().values()];
  const found = profiles.find((profile) => profile.roles.chat === model);
  if (found !== undefined) return found.id;
  const known = profiles.map((profile) => profile.roles.chat).join(', ');
  throw new BenchError(`no profile is led by the model "${model}"; --model takes one of: ${known}`);
}

/**
 * The models of a profile. Throws BenchError with the command that mends it when one of them is not in the state folder: a bench
 * must not begin with a download. `configFile` stands where the user's own configuration would.
 */
export async function openModels(
  home: string,
  profileId: string,
  threads: number,
  configFile?: string,
): Promise<BenchModels> {
  const profile = loadProfiles().get(profileId);
  if (profile === undefined) throw new BenchError(`there is no profile "${profileId}"`);
  const { catalogue, store } = openStore(home);
  const missing: string[] = [];
  for (const id of profileModels(profile)) {
    if (!(await isHere(store, id))) missing.push(id);
  }
  if (missing.length > 0) throw new BenchError(missingSentence(home, missing, `pull --profile ${profileId}`));
  const config = loadConfig({ threads: String(threads), config: configFile }, { CONCERT_HOME: home });
  const specs = modelSpecs(config, catalogue, profile);
  const spec = (id: string): ModelSpec => {
    const found = specs.find((candidate) => candidate.id === id);
    if (found === undefined) throw new BenchError(`the profile ${profileId} has no model "${id}"`);
    return found;
  };
  return {
    profile,
    spec,
    estimateBytes: (id) => {
      const engine = ENGINES.find(({ name }) => name === spec(id).engine);
      if (engine === undefined) throw new BenchError(`no engine is called ${spec(id).engine}`);
      return engine.estimateBytes(spec(id));
    },
    files: (id) => store.resolve(id, new AbortController().signal),
  };
}

const RECORDINGS = 'test-speech';

/** The recorded English speech by file name. Throws BenchError with the commands that fetch it. */
export async function recordings(home: string): Promise<Readonly<Record<string, string>>> {
  const { catalogue, store } = openStore(home);
  const known = catalogue.entries.some((entry) => entry.id === RECORDINGS);
  if (known && (await isHere(store, RECORDINGS))) return store.resolve(RECORDINGS, new AbortController().signal);
  const folder = quoted(join(home, 'catalogue'));
  const learn = known ? '' : `mkdir -p ${folder} && cp test/catalogue/${RECORDINGS}.yaml ${folder}/ && `;
  throw new BenchError(missingSentence(home, [RECORDINGS], `pull ${RECORDINGS}`, learn));
}

function openStore(home: string) {
  const catalogue = loadCatalogue([CATALOGUE_FOLDER, join(home, 'catalogue')]);
  return { catalogue, store: new FileStore({ home, catalogue, log: silentLog }) };
}

/** What a start looks at before it pulls. */
async function isHere(store: FileStore, id: string): Promise<boolean> {
  const model = await store.model(id);
  if (model === null) return false;
  return model.loads.every((file) => existsSync(store.blobPath(file.sha256)));
}

/** One sentence with the command that mends it, as a POSIX shell takes it. */
function missingSentence(home: string, ids: readonly string[], pull: string, before = ''): string {
  const are = ids.length === 1 ? 'is' : 'are';
  return `${ids.join(', ')} ${are} not in ${home}; run: ${before}CONCERT_HOME=${quoted(home)} npm start -- ${pull}`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
