import { GatewayError } from '../shared/errors.ts';
import type { ModelSpec } from '../models/model-manager.ts';

/** Which installed model does which work; a profile names them. */
export interface Roles {
  /** The model behind the hub's name. */
  readonly chat: string;
  readonly ocr: string;
  readonly asr: string;
  /** Speech models by ISO 639-1 language. */
  readonly tts: Readonly<Record<string, string>>;
  /** Tells where a speaker begins and ends; absent: none is installed. */
  readonly vad?: string | undefined;
  /** Turns texts into vectors; absent: nothing here does. */
  readonly embed?: string | undefined;
}

/** What a model name in a request means. */
export type Target =
  /** The hub: decide and orchestrate. */
  | { readonly kind: 'hub' }
  /** Exactly that model. */
  | { readonly kind: 'model'; readonly model: ModelSpec };

/** The names that requests may use. */
export interface Names {
  readonly servedModelName: string;
  readonly aliases: Readonly<Record<string, string>>;
  readonly models: readonly ModelSpec[];
}

/** OpenAI's model names that mean "whichever model here does this", so that unchanged programs run. */
export const OPENAI_ALIASES = {
  asr: ['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe'],
  tts: ['tts-1', 'tts-1-hd', 'gpt-4o-mini-tts'],
  embed: ['text-embedding-3-small', 'text-embedding-3-large', 'text-embedding-ada-002'],
} as const satisfies Partial<Record<keyof Roles, readonly string[]>>;

/** What `name` means. Throws `model_not_found` for a name that means nothing here. */
export function resolveName(names: Names, name: string): Target {
  if (name === names.servedModelName || name === 'auto') return { kind: 'hub' };
  const id = Object.hasOwn(names.aliases, name) ? names.aliases[name] : name;
  if (id === names.servedModelName || id === 'auto') return { kind: 'hub' };
  const model = names.models.find((candidate) => candidate.id === id);
  if (model !== undefined) return { kind: 'model', model };
  const known = [names.servedModelName, ...names.models.map((candidate) => candidate.id)].join(', ');
  throw new GatewayError(
    'model_not_found',
    `there is no model called "${name.slice(0, 100)}" here; there are: ${known}. Other names for these are given under aliases in the configuration`,
    {
      param: 'model',
    },
  );
}
