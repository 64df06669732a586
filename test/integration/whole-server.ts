import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../packages/server/src/config.ts';
import { createApp } from '../../packages/server/src/http/app.ts';
import { fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import { catalogueOf } from '../../packages/server/src/models/catalogue/catalogue.ts';
import { testSpec } from '../../packages/server/src/models/test-spec.ts';
import { createAudioEncoder } from '../../packages/server/src/pipeline/audio-encode/create-audio-encoder.ts';
import { RESPONSE_TABLES, ResponseStore } from '../../packages/server/src/pipeline/response-store.ts';
import { createServices } from '../../packages/server/src/services.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';
import { Database } from '../../packages/server/src/shared/database.ts';
import { GatewayError } from '../../packages/server/src/shared/errors.ts';
import { createMetrics } from '../../packages/server/src/shared/prometheus.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { fakeManager } from './fake-models.ts';

/** A server with every endpoint, over fake models of each task behind the real decision, pipeline and store of responses. */
export interface WholeServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it on a free port of the loopback. Nothing it is asked to fetch is there. */
export async function startWholeServer(): Promise<WholeServer> {
  const home = await mkdtemp(join(tmpdir(), 'concert-whole-'));
  const models = fakeManager([
    testSpec({ id: 'writer', task: 'chat' }),
    testSpec({ id: 'reader', task: 'ocr', input: ['image'] }),
    testSpec({ id: 'ears', task: 'asr', input: ['audio'] }),
    testSpec({
      id: 'mouth',
      task: 'tts',
      languages: ['en'],
      voices: [{ id: 'joe', language: 'en', description: 'A man' }],
    }),
    testSpec({ id: 'compass', task: 'embed' }),
  ]);
  const services = createServices({
    config: loadConfig({}, { CONCERT_HOME: home }, home),
    catalogue: catalogueOf([]),
    roles: { chat: 'writer', ocr: 'reader', asr: 'ears', tts: { en: 'mouth' }, embed: 'compass' },
    models,
    clock: systemClock,
    startedMs: 0,
  });
  const database = new Database({ path: join(home, 'concert.db'), tables: [RESPONSE_TABLES], log: silentLog });
  const responses = new ResponseStore({ database, clock: systemClock, keepMs: 600_000, mostBytes: 10_000_000 });
  const app = createApp({
    ...fakeDeps(),
    ...services,
    createAudioEncoder,
    responses,
    metrics: createMetrics('test'),
    status: () => ({ state: 'ready', ...models.status() }),
    fetchMedia: (url) =>
      Promise.reject(new GatewayError('media_url_refused', `nothing is fetched in this test: ${url.slice(0, 80)}`)),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    async close() {
      await app.close();
      await models.close(0);
      responses.close();
      database.close();
      await rm(home, { recursive: true });
    },
  };
}
