import { availableParallelism } from 'node:os';
import type { Config } from './config.ts';
import { ConfigError } from './config-values.ts';
import type { AppDeps, ListedModel, RequestRun } from './http/app-deps.ts';
import type { Catalogue } from './models/catalogue.ts';
import type { CatalogueEntry } from './models/catalogue-schema.ts';
import { giveUpWaiting } from './models/give-up-waiting.ts';
import type { LeaseModels, ModelManager, ModelSpec } from './models/model-manager.ts';
import { modelSpec } from './models/model-specs.ts';
import type { Profile } from './models/profile.ts';
import { answer } from './pipeline/answer.ts';
import { leaseModels } from './pipeline/lease-models.ts';
import { listen, readPicture } from './pipeline/listen.ts';
import { speak } from './pipeline/speak.ts';
import { chooseVoices } from './route/choose-voice.ts';
import { decide, type DecideDeps, stepsOf } from './route/decide.ts';
import { OPENAI_ALIASES, type Roles } from './route/roles.ts';
import { specialistFor } from './route/specialist.ts';
import type { Clock } from './shared/clock.ts';

/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a profile decides about models. */
type ProfileChoice = Pick<Profile, 'roles' | 'max_num_seqs' | 'max_seq_len'>;

/**
 * Every model that the profile names, as this server runs it on so many cores. Throws ConfigError when the configuration speaks of
 * another.
 */
export function modelSpecs(
  config: Config,
  catalogue: Catalogue,
  profile: ProfileChoice,
  cores: number = availableParallelism(),
): ModelSpec[] {
  const { roles } = profile;
  const ids = [...new Set([roles.chat, roles.ocr, roles.asr, ...Object.values(roles.tts)])];
  const stray = [...Object.keys(config.models), ...config.preload].find((id) => !ids.includes(id));
  if (stray !== undefined)
    throw new ConfigError(`the model "${stray}" is not in this profile; it has: ${ids.join(', ')}`);
  const threads = config.threads === 'auto' ? defaultThreads(cores) : config.threads;
  return ids.map((id) =>
    modelSpec(catalogue.get(id), config.models[id] ?? { settings: {} }, {
      idleMs: config.idle_unload,
      threads,
      roleSettings: {
        ...(id === roles.chat ? chatSettings(config, profile) : {}),
        ...threadSettings(config, catalogue.get(id)),
      },
    }),
  );
}

/** What the configuration says of the central model, else the profile. */
function chatSettings(config: Config, profile: ProfileChoice): Readonly<Record<string, unknown>> {
  return {
    maxSequences: config.max_num_seqs ?? profile.max_num_seqs,
    maxSequenceTokens: config.max_seq_len ?? profile.max_seq_len,
  };
}

/** Threads that the configuration names are taken as they are; only the embedded chat engine measures how many suit it. */
function threadSettings(config: Config, entry: CatalogueEntry): Readonly<Record<string, unknown>> {
  const named = config.models[entry.id]?.threads ?? config.threads;
  return entry.engine === 'llama-cpp' && named !== 'auto' ? { calibrate: false } : {};
}

const MOST_THREADS = 8;

/**
 * Threads of a model on a machine with so many cores, or fractions where a quota leaves some. One core is left to everything else: threads that wait for each other spin, so
 * one that must share its core slows all of them down several times over.
 */
export function defaultThreads(cores: number): number {
  return Math.max(1, Math.min(MOST_THREADS, Math.floor(cores - 1)));
}

export interface ServicesDeps {
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly roles: Roles;
  readonly models: ModelManager;
  readonly clock: Clock;
  /** When the server started, for `created` of its models. */
  readonly startedMs: number;
}

/** What the wire can ask of the layers below it. */
export type Services = Pick<
  AppDeps,
  | 'answer'
  | 'transcribe'
  | 'speak'
  | 'readText'
  | 'decide'
  | 'models'
  | 'load'
  | 'unload'
  | 'setPinned'
  | 'setKeepAlive'
>;

/** Joins decision, pipeline and models into what the HTTP layer needs. */
export function createServices(deps: ServicesDeps): Services {
  const { config, models, clock, roles } = deps;
  const names = { servedModelName: config.served_model_name, aliases: config.aliases, models: models.models };
  const decision: DecideDeps = { names, roles, rules: config.routing.rules };
  const answerDeps = { clock, templates: config.routing.templates, persona: config.persona };
  const maxWaitMs = config.queue.max_wait > LONGEST_TIMER_MS ? null : config.queue.max_wait;
  const modelsOf = (run: RequestRun): LeaseModels =>
    leaseModels(models, {
      demand: run.demand,
      watch: run,
      clock,
      maxWaitMs,
      giveUpWaiting: (id) => giveUpWaiting(models, id, clock.now()),
    });
  return {
    async *answer(input, signal, run) {
      yield* answer({ ...answerDeps, models: modelsOf(run) }, decide(decision, input), input, signal);
    },
    async *transcribe(input, signal, run) {
      const model = specialistFor(decision, 'asr', input.model);
      yield { kind: 'start', model };
      yield* listen({ models: modelsOf(run) }, { ...input, model }, signal);
    },
    async *speak(input, signal, run) {
      const voices = chooseVoices({ names, roles, voices: config.voices }, input);
      yield* speak({ models: modelsOf(run) }, { text: input.text, voices, speed: input.speed }, signal);
    },
    async readText(input, signal, run) {
      const model = specialistFor(decision, 'ocr', input.model);
      const result = await readPicture({ models: modelsOf(run) }, { model, image: input.image }, signal);
      return { model, result };
    },
    decide(input) {
      const decided = decide(decision, input);
      return { route: decided.route, reason: decided.reason, confidence: decided.confidence, steps: stepsOf(decided) };
    },
    models: () => listModels(deps),
    load: (id, signal) => models.preload([id], signal),
    unload: (id) => models.unload(id),
    setPinned: (id, pinned) => models.setPinned(id, pinned),
    setKeepAlive: (id, keepAliveMs) => models.setKeepAlive(id, keepAliveMs),
  };
}

/** The hub first, then the models themselves, then the other names they answer to. */
function listModels(deps: ServicesDeps): ListedModel[] {
  const { config, roles } = deps;
  const statuses = deps.models.status().models;
  const listed = statuses.map(({ model, state }): ListedModel => ({
    id: model.id,
    ownedBy: 'concert',
    createdMs: deps.startedMs,
    task: model.task,
    backing: null,
    state: state.kind,
    input: model.input,
    languages: model.languages,
    voices: model.voices.map((voice) => voice.id),
    licence: model.licence,
  }));
  const under = (name: string, id: string): ListedModel[] => {
    const model = listed.find((candidate) => candidate.id === id);
    return model === undefined ? [] : [{ ...model, id: name, backing: id }];
  };
  const hub = under(config.served_model_name, roles.chat).map((model) => ({
    ...model,
    input: ['text', 'image', 'audio'] as const,
  }));
  const aliases = Object.entries(config.aliases).flatMap(([name, id]) =>
    id === config.served_model_name || id === 'auto' ? hub.map((model) => ({ ...model, id: name })) : under(name, id),
  );
  const speech = roles.tts['en'] ?? Object.values(roles.tts)[0] ?? '';
  const openai = [
    ...OPENAI_ALIASES.asr.flatMap((name) => under(name, roles.asr)),
    ...OPENAI_ALIASES.tts.flatMap((name) => under(name, speech)),
  ].filter((model) => !Object.hasOwn(config.aliases, model.id));
  return [...hub, ...listed, ...aliases, ...openai];
}
