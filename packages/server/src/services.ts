import { availableParallelism } from 'node:os';
import type { Config } from './config.ts';
import { ConfigError } from './config-values.ts';
import type { AppDeps, ListedModel, RequestRun } from './http/app-deps.ts';
import type { Catalogue } from './models/catalogue/catalogue.ts';
import type { CatalogueEntry } from './models/catalogue/catalogue-schema.ts';
import { giveUpWaiting } from './models/give-up-waiting.ts';
import type { LeaseModels, ModelManager, ModelSpec } from './models/model-manager.ts';
import { modelSpec } from './models/model-specs.ts';
import { type Profile, profileModels } from './models/profile/profile.ts';
import { answer } from './pipeline/answer.ts';
import { embed } from './pipeline/embed.ts';
import { leaseModels } from './pipeline/lease-models.ts';
import { listen, readPicture } from './pipeline/listen.ts';
import type { AnswerEvent } from './pipeline/request.ts';
import { speakAnswer } from './pipeline/speak-answer.ts';
import { speak } from './pipeline/speak.ts';
import { openVoiceModels } from './pipeline/turn-detection/voice-models.ts';
import { chooseVoices } from './route/choose-voice.ts';
import { decide, type DecideDeps, stepsOf } from './route/decide.ts';
import { listVoices } from './route/list-voices.ts';
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
  const ids = profileModels(profile);
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
  | 'embed'
  | 'decide'
  | 'planVoice'
  | 'openVoice'
  | 'models'
  | 'voices'
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
      const decided = decide(decision, input);
      const leased = modelsOf(run);
      const write = (answering: LeaseModels, stop: AbortSignal): AsyncGenerator<AnswerEvent> =>
        answer({ ...answerDeps, models: answering }, decided, input, stop);
      if (input.speech === null) return yield* write(leased, signal);
      const { voice, speed } = input.speech;
      const voices = chooseVoices(
        { names, roles, voices: config.voices },
        { model: 'auto', voice, param: 'audio.voice' },
      );
      yield* speakAnswer({ models: leased, clock }, { input, speech: { voices, speed } }, write, signal);
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
    async embed(input, signal, run) {
      const id = specialistFor(decision, 'embed', input.model);
      const { settings } = names.models.find((model) => model.id === id) ?? { settings: {} };
      return await embed({ models: modelsOf(run) }, { id, settings }, input, signal);
    },
    decide(input) {
      const decided = decide(decision, input);
      const { route, reason, confidence } = decided;
      return { route, reason, confidence, steps: [...stepsOf(decided), ...(input.speech === null ? [] : ['tts'])] };
    },
    planVoice(wanted) {
      const listener = specialistFor(decision, 'asr', wanted.transcription?.model ?? 'auto');
      const detector = roles.vad ?? null;
      if (wanted.purpose === 'transcription') return { detector, steps: [{ model: listener, task: 'asr' }] };
      const messages = [{ role: 'user', parts: [{ kind: 'text' as const, text: '…' }] }];
      const { chatModel } = decide(decision, { model: wanted.model, messages });
      const voices = chooseVoices({ names, roles, voices: config.voices }, { model: 'auto', voice: wanted.voice });
      const speakers = wanted.speaks ? [...Object.values(voices.byLanguage), voices.fallback] : [];
      const steps = [
        { model: listener, task: 'asr' as const },
        { model: chatModel.id, task: 'chat' as const },
        ...[...new Set(speakers.map(({ model }) => model))].map((model) => ({ model, task: 'tts' as const })),
      ];
      return { detector, steps };
    },
    openVoice: (plan, signal, run) => openVoiceModels(modelsOf(run), plan, signal),
    models: () => listModels(deps),
    voices: () => listVoices({ names, roles, voices: config.voices }),
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
    ...OPENAI_ALIASES.embed.flatMap((name) => under(name, roles.embed ?? '')),
  ].filter((model) => !Object.hasOwn(config.aliases, model.id));
  return [...hub, ...listed, ...aliases, ...openai];
}
