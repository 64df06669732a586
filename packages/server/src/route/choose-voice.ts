import type { Voice } from '../models/catalogue/catalogue-schema.ts';
import type { ModelSpec } from '../models/model-manager.ts';
import type { ModelVoice, SpeechVoices } from '../pipeline/speak.ts';
import { GatewayError } from '../shared/errors.ts';
import { type Names, OPENAI_ALIASES, resolveName, type Roles } from './roles.ts';

export interface VoiceDeps {
  readonly names: Names;
  readonly roles: Roles;
  /** Configured names of voices: a voice id, `model/voice`, or `auto`. */
  readonly voices: Readonly<Record<string, string>>;
}

/** A voice as a request names it. */
interface AskedVoice {
  readonly model: string;
  readonly voice: string;
  /** The field that names it, for errors; `voice` by default. */
  readonly param?: string;
}

/** OpenAI's voices, which mean "the default voice of the text's language" unless the configuration says otherwise. */
export const OPENAI_VOICES = [
  'alloy',
  'ash',
  'ballad',
  'cedar',
  'coral',
  'echo',
  'fable',
  'marin',
  'nova',
  'onyx',
  'sage',
  'shimmer',
  'verse',
];

/**
 * Chooses the voices of a speech request. A named voice speaks its own language, the default voices the others. Throws
 * `model_not_found`, and `unsupported_value` for a voice that is not installed or a model that does not speak.
 */
export function chooseVoices(deps: VoiceDeps, asked: AskedVoice): SpeechVoices {
  const speaking = speakingModels(deps, asked.model);
  const byLanguage: Record<string, ModelVoice> = {};
  for (const model of speaking) {
    for (const language of model.languages) {
      const voice = defaultVoice(model, language);
      if (voice !== null) byLanguage[language] ??= { model: model.id, voice: voice.id };
    }
  }
  const name = Object.hasOwn(deps.voices, asked.voice) ? (deps.voices[asked.voice] ?? 'auto') : asked.voice;
  const auto = name === 'auto' || (OPENAI_VOICES.includes(name) && !speaking.some((model) => hasVoice(model, name)));
  const named = auto ? null : findVoice(speaking, name, asked.param ?? 'voice');
  if (named !== null) byLanguage[named.language] = named.chosen;
  const fallback = named?.chosen ?? byLanguage['en'] ?? Object.values(byLanguage)[0];
  if (fallback === undefined)
    throw new GatewayError('model_missing', 'no speech model is installed; run: npx concert pull');
  return { byLanguage, fallback };
}

function speakingModels(deps: VoiceDeps, name: string): ModelSpec[] {
  const ofRoles = (): ModelSpec[] =>
    [...new Set(Object.values(deps.roles.tts))].flatMap((id) => deps.names.models.filter((model) => model.id === id));
  if ((OPENAI_ALIASES.tts as readonly string[]).includes(name) && !Object.hasOwn(deps.names.aliases, name))
    return ofRoles();
  const target = resolveName(deps.names, name);
  if (target.kind === 'hub') return ofRoles();
  if (target.model.task !== 'tts') {
    throw new GatewayError('unsupported_value', `the model ${target.model.id} does ${target.model.task}, not speech`, {
      param: 'model',
    });
  }
  return [target.model];
}

function defaultVoice(model: ModelSpec, language: string): Voice | null {
  return model.voices.find((voice) => voice.language === language) ?? null;
}

function hasVoice(model: ModelSpec, name: string): boolean {
  return model.voices.some((voice) => voice.id === name || `${model.id}/${voice.id}` === name);
}

function findVoice(
  models: readonly ModelSpec[],
  name: string,
  param: string,
): { language: string; chosen: ModelVoice } {
  for (const model of models) {
    const voice = model.voices.find((candidate) => candidate.id === name || `${model.id}/${candidate.id}` === name);
    if (voice !== undefined) return { language: voice.language, chosen: { model: model.id, voice: voice.id } };
  }
  const known = ['auto', ...models.flatMap((model) => model.voices.map((voice) => voice.id))].join(', ');
  throw new GatewayError('unsupported_value', `there is no voice called "${name.slice(0, 100)}"; there are: ${known}`, {
    param,
  });
}
