import type { AppDeps, VoiceWanted } from '../app-deps.ts';
import type { SessionSettings } from './session-settings.ts';

/** OpenAI's names of models that answer by voice; here whoever leads the others does. */
const ANSWERERS = /^gpt-(4o(-mini)?-)?(realtime|audio)(-|$)/;
/** Its models that write down, beside those that are known by name. */
const TRANSCRIBERS = /^(whisper|gpt-4o(-mini)?-transcribe|gpt-realtime-whisper)/;

/** The model that answers under a name that a client of OpenAI's Realtime API uses. */
export function answerer(name: string, deps: Pick<AppDeps, 'models'>): string {
  return ANSWERERS.test(name) && !isListed(name, deps) ? 'auto' : name;
}

/** The model that writes down under such a name. */
export function transcriber(name: string, deps: Pick<AppDeps, 'models'>): string {
  return TRANSCRIBERS.test(name) && !isListed(name, deps) ? 'whisper-1' : name;
}

/** Whether the configuration gives the name another meaning. */
function isListed(name: string, { models }: Pick<AppDeps, 'models'>): boolean {
  return models().some(({ id }) => id === name);
}

/** What a session wants of the models here, by the names that they have here. */
export function voiceWanted(settings: SessionSettings, deps: Pick<AppDeps, 'models'>): VoiceWanted {
  const { model, transcription, purpose, speaks, voice } = settings;
  return {
    model: answerer(model, deps),
    transcription: transcription === null ? null : { model: transcriber(transcription.model, deps) },
    purpose,
    speaks,
    voice,
  };
}
