import type { VoiceList } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../app-deps.ts';

/** The names under which speech can be asked for; the keys `id` and `name` are those that chat programs read. */
export function mountVoices(app: FastifyInstance, deps: AppDeps): void {
  app.get('/v1/audio/voices', (): VoiceList => ({
    object: 'list',
    voices: deps.voices().map(({ id, description, model, languages, standsFor }) => ({
      id,
      object: 'voice',
      name: description,
      model,
      languages: [...languages],
      stands_for: standsFor,
    })),
  }));
}
