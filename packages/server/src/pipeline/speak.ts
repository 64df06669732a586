import type { LeaseModels } from '../models/model-manager.ts';
import { GatewayError } from '../shared/errors.ts';
import type { SpeakEvent } from './request.ts';
import { ClauseSplitter } from './speech-text/clause-splitter.ts';
import { splitLanguages } from './speech-text/split-languages.ts';

/** A voice of an installed model. */
export interface ModelVoice {
  readonly model: string;
  readonly voice: string;
}

/** Which voice speaks which language; languages without an entry are spoken by `fallback`. */
export interface SpeechVoices {
  readonly byLanguage: Readonly<Record<string, ModelVoice>>;
  readonly fallback: ModelVoice;
}

/** What is to be spoken, and by whom. */
export interface SpeechPlan {
  readonly text: string;
  readonly voices: SpeechVoices;
  /** 0.25 to 4. */
  readonly speed: number;
}

/**
 * Speaks a text clause by clause, each run of one language by that language's voice, so that the first sound comes after the
 * first clause. Before the first sound it names the models that will speak. Throws `empty_media` when the text holds nothing that
 * can be spoken. Ending the iteration stops before the next clause.
 */
export async function* speak(
  deps: { readonly models: LeaseModels },
  plan: SpeechPlan,
  signal: AbortSignal,
): AsyncGenerator<SpeakEvent> {
  const splitter = new ClauseSplitter();
  const clauses = [...splitter.push(plan.text), ...splitter.end()];
  const runs = clauses.flatMap(splitLanguages).map(({ language, text }) => ({
    text,
    chosen: plan.voices.byLanguage[language] ?? plan.voices.fallback,
  }));
  if (runs.length === 0)
    throw new GatewayError('empty_media', 'the input holds nothing that can be spoken', { param: 'input' });
  yield { kind: 'start', model: [...new Set(runs.map(({ chosen }) => chosen.model))].join(', ') };
  using announced = deps.models.plan([...new Set(runs.map(({ chosen }) => chosen.model))]);
  for (const { text, chosen } of runs) {
    using lease = await deps.models.acquire(chosen.model, 'tts', signal, { plan: announced });
    yield* lease.engine.run({ text, voice: chosen.voice, speed: plan.speed }, signal);
  }
}
