import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Config, loadConfig, ownCommands, type ServeFlags } from './config.ts';
import { ConfigError } from './config-values.ts';
import { drain } from './drain.ts';
import { createApp } from './http/app.ts';
import type { ServerStatus } from './http/app-deps.ts';
import { systemProbe } from './machine/probe.ts';
import { CATALOGUE_FOLDER, type Catalogue, loadCatalogue } from './models/catalogue/catalogue.ts';
import { completeCatalogue } from './models/estimate/complete-settings.ts';
import { openLearnedSizes } from './models/memory/learned-sizes.ts';
import { LifecycleFeed } from './models/lifecycle/lifecycle-feed.ts';
import { meterLifecycle } from './models/lifecycle/meter-lifecycle.ts';
import { sourceSettings } from './models/pull/open-sources.ts';
import type { ModelManager } from './models/model-manager.ts';
import { type PickedProfile, pickProfile, UnknownProfileError } from './models/profile/pick-profile.ts';
import { loadProfiles, type Profile } from './models/profile/profile.ts';
import type { PullEvent } from './models/pull/pull-event.ts';
import { pullProfile, type PullProfileOptions } from './models/pull/pull-profile.ts';
import { endLeftovers } from './models/memory/run-records.ts';
import { FileStore } from './models/store/store.ts';
import { createAudioEncoder } from './pipeline/audio-encode/create-audio-encoder.ts';
import { createGuardedFetch } from './pipeline/media/guarded-fetch.ts';
import { RESPONSE_TABLES, ResponseStore } from './pipeline/response-store.ts';
import { createServices } from './services.ts';
import { startModels } from './start-models.ts';
import { systemClock } from './shared/clock.ts';
import { chooseLogFile, createLog } from './shared/create-log.ts';
import { Database } from './shared/database.ts';
import type { Log } from './shared/log.ts';
import { createMetrics } from './shared/prometheus.ts';

/** A server that listens; `stop` drains it and ends every model. */
export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServeHooks {
  /** Told of weights being pulled, for a progress bar. */
  readonly onPull?: (event: PullEvent) => void;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
  /** Where log lines for the terminal go; standard output by default. */
  readonly output?: { write(text: string): unknown };
}

/**
 * Starts the server as configured: chooses the profile, pulls what it lacks, listens. Models load with their first request, or
 * at once where `preload` names them. Throws ConfigError, or an Error with the sentence to show, when it cannot start.
 */
export async function serve(flags: ServeFlags, hooks: ServeHooks = {}): Promise<RunningServer> {
  const config = loadConfig(flags);
  const { log, flush } = openLog(config, hooks);
  try {
    const server = await start(config, log, hooks);
    return {
      url: server.url,
      async stop() {
        log.info({}, 'Stopping: answers that have begun are finished first');
        await server.stop();
        log.info({}, 'Stopped');
        flush();
      },
    };
  } catch (error) {
    flush();
    throw error;
  }
}

function openLog(config: Config, hooks: ServeHooks): ReturnType<typeof createLog> {
  const file = config.log.file ?? chooseLogFile(config.home);
  const pretty = config.log.format === 'auto' ? process.stdout.isTTY : config.log.format === 'pretty';
  const opened = createLog({ level: config.log.level, file, pretty, output: hooks.output ?? process.stdout });
  opened.log.info({}, 'Starting AutoGLM-Phone-9B server...');
  if (config.file !== null) opened.log.info({}, `Configuration read from ${config.file}`);
  if (file !== null) opened.log.info({}, `Log is kept in ${file}`);
  return opened;
}

async function start(config: Config, log: Log, hooks: ServeHooks): Promise<RunningServer> {
  const catalogue = loadCatalogue([CATALOGUE_FOLDER, join(config.home, 'catalogue')]);
  await endLeftovers({ folder: join(config.home, 'run'), clock: systemClock, log });
  const { profile, machine } = await decideProfile(config, log);
  const store = new FileStore({ home: config.home, catalogue, log });
  const signal = hooks.signal ?? new AbortController().signal;
  await pullMissing(profile, {
    sources: sourceSettings(config),
    keepImported: config.weights.keep_imported,
    store,
    log,
    onProgress: hooks.onPull ?? (() => undefined),
    signal,
  });
  signal.throwIfAborted();
  const completed = await completeCatalogue({ catalogue, store, log });
  const learned = await openLearnedSizes({
    path: join(config.home, 'learned.json'),
    version: packageVersion(),
    clock: systemClock,
    log,
  });
  const models = await startModels({ config, catalogue: completed, profile, store, log, machine, learned });
  let state: ServerStatus['state'] = 'starting';
  const database = new Database({ path: join(config.home, 'concert.db'), tables: [RESPONSE_TABLES], log });
  const responses = openResponses(config, database);
  const app = assembleApp({ config, catalogue, profile, models, responses, log, state: () => state });
  const end = async (graceMs: number): Promise<void> => {
    state = 'draining';
    await drain({ app, models, clock: systemClock, graceMs });
    await learned.close();
    responses?.close();
    database.close();
  };
  try {
    const url = await listen(app, config);
    log.info({}, `Server listening on ${url}`);
    if (config.preload.length > 0) await models.preload(config.preload, signal);
    else
      log.info(
        {},
        `Model '${config.served_model_name}' is served by ${profile.roles.chat}; it loads with the first request`,
      );
    signal.throwIfAborted();
    state = 'ready';
    log.info({}, 'Ready to serve requests...');
    return { url, stop: () => end(config.server.shutdown_grace) };
  } catch (error) {
    await end(0);
    throw error;
  }
}

interface AssembleApp {
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly profile: Profile;
  readonly models: ModelManager;
  readonly responses: ResponseStore | null;
  readonly log: Log;
  readonly state: () => ServerStatus['state'];
}

function assembleApp({ config, catalogue, profile, models, responses, log, state }: AssembleApp): FastifyInstance {
  const startedMs = Date.now();
  const metrics = createMetrics(packageVersion());
  models.onEvent((event) => meterLifecycle(event, metrics));
  return createApp({
    ...createServices({ config, catalogue, roles: profile.roles, models, clock: systemClock, startedMs }),
    status: () => ({ state: state(), ...models.status() }),
    feed: new LifecycleFeed(models, systemClock),
    metrics,
    adminFrom: config.server.admin_from,
    origins: config.server.origins,
    createAudioEncoder,
    fetchMedia: createGuardedFetch({ maxBytes: config.media.fetch_limit, timeoutMs: config.media.fetch_timeout }),
    responses,
    limits: {
      bodyBytes: config.server.body_limit,
      imagePixels: config.media.image_pixels,
      imagesPerRequest: config.media.images_per_request,
    },
    log,
    clock: systemClock,
    version: packageVersion(),
  });
}

/** Null: none are kept. */
function openResponses(config: Config, database: Database): ResponseStore | null {
  const { keep, disk } = config.responses;
  if (keep === 'off') return null;
  return new ResponseStore({ database, clock: systemClock, keepMs: keep, mostBytes: disk });
}

/** The profile of the configuration, or the one that suits this machine. Throws where the one that is named cannot be started. */
async function decideProfile(config: Config, log: Log): Promise<PickedProfile> {
  let picked: PickedProfile;
  try {
    const probe = systemProbe(config.machineEnvironment);
    picked = await pickProfile({
      name: config.profile,
      profiles: loadProfiles(),
      probe,
      ownCommands: ownCommands(config),
    });
  } catch (error) {
    if (error instanceof UnknownProfileError) throw new ConfigError(error.message, { cause: error });
    throw error;
  }
  if (picked.failure !== null) throw new Error(picked.failure);
  log.info({}, `Profile ${picked.profile.id}: ${picked.reason}`);
  if (picked.warning !== null) log.warn({}, picked.warning);
  return picked;
}

/** Pulls what the profile lacks. A model that cannot be had answers `model_missing`, and the others are served. */
async function pullMissing(profile: Profile, options: PullProfileOptions): Promise<void> {
  const report = await pullProfile(profile, options);
  if (report.failed.length === 0) return;
  for (const { id, reason } of report.failed) options.log.error({ model: id }, `${id} cannot be served: ${reason}`);
  if (report.ready.length === 0) {
    throw new Error(
      `none of the models of the profile ${profile.id} could be had: ${report.failed[0]?.reason ?? ''}; then run: npm start`,
    );
  }
}

async function listen(app: FastifyInstance, config: Config): Promise<string> {
  const { host, port } = config.server;
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE')
      throw new Error(`port ${port} is taken; choose another: npm start -- --port ${port + 1}`, { cause: error });
    if (code === 'EACCES')
      throw new Error(`port ${port} needs more rights; choose one above 1023: npm start -- --port 8000`, {
        cause: error,
      });
    throw error;
  }
  const bound = (app.server.address() as AddressInfo).port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
