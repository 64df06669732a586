import { OPENAI_VOICES, type VoiceDeps } from './choose-voice.ts';

/** A name under which speech can be asked for. */
export interface ListedVoice {
  readonly id: string;
  readonly description: string;
  /** The model that speaks; null where the text's language decides. */
  readonly model: string | null;
  readonly languages: readonly string[];
  /** The voice that is meant, or `auto`; null: itself. */
  readonly standsFor: string | null;
}

/** Every voice name that the hub takes: installed voices first, then the configuration's names, then `auto` and OpenAI's. */
export function listVoices({ names, roles, voices: configured }: VoiceDeps): ListedVoice[] {
  const speaking = [...new Set(Object.values(roles.tts))].flatMap((id) =>
    names.models.filter((model) => model.id === id),
  );
  const installed = speaking.flatMap((model) =>
    model.voices.map((voice): ListedVoice => ({
      id: voice.id,
      description: voice.description === '' ? `${voice.id} (${voice.language})` : voice.description,
      model: model.id,
      languages: [voice.language],
      standsFor: null,
    })),
  );
  const languages = [...new Set(installed.flatMap((voice) => voice.languages))];
  const auto = (id: string): ListedVoice => ({
    id,
    description: `${id}: the default voice of the text’s language`,
    model: null,
    languages,
    standsFor: id === 'auto' ? null : 'auto',
  });
  const renamed = Object.entries(configured).map(([id, name]): ListedVoice => {
    const meant = installed.find((voice) => voice.id === name || `${voice.model ?? ''}/${voice.id}` === name);
    return meant === undefined
      ? auto(id)
      : { ...meant, id, description: `${id}: ${meant.description}`, standsFor: meant.id };
  });
  // A configured name goes before an installed one, as it does in requests.
  const own = installed.filter(({ id }) => !Object.hasOwn(configured, id));
  const taken = new Set([...own, ...renamed].map(({ id }) => id));
  const others = ['auto', ...OPENAI_VOICES].filter((id) => !taken.has(id));
  return [...own, ...renamed, ...others.map(auto)];
}
