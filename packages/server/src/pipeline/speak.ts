import type { TtsEvent } from '../engines/engine.ts';
import type { LeaseModels } from '../models/model-manager.ts';
import { GatewayError } from '../shared/errors.ts';
import { ClauseSplitter } from './speech-text/clause-splitter.ts';
import { splitLanguages } from './speech-text/split-languages.ts';

/** Which voice speaks which language. */
interface SpeechVoices {
  readonly byLanguage: Readonly<Record<string, { readonly model: string; readonly voice: string }>>;
  readonly fallback: { readonly model: string; readonly voice: string };
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
 * first clause. Throws `empty_media` when the text holds nothing that can be spoken. Ending the iteration stops before the next clause.
 */
export async function* speak(
  deps: { readonly models: LeaseModels },
  plan: SpeechPlan,
  signal: AbortSignal,
): AsyncGenerator<TtsEvent> {
  const splitter = new ClauseSplitter();
  const clauses = [...splitter.push(plan.text), ...splitter.end()];
  const runs = clauses.flatMap((clause) => splitLanguages(clause));
  if (runs.length === 0)
    throw new GatewayError('empty_media', 'the input holds nothing that can be spoken', { param: 'input' });
  for (const run of runs) {
    const chosen = plan.voices.byLanguage[run.language] ?? plan.voices.fallback;
    using lease = await deps.models.acquire(chosen.model, 'tts', signal);
    yield* lease.engine.run({ text: run.text, voice: chosen.voice, speed: plan.speed }, signal);
  }
}
