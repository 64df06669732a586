import { join } from 'node:path';
import { EnvHttpProxyAgent, interceptors } from 'undici';
import type { Log } from '../../shared/log.ts';
import { Semaphore } from './semaphore.ts';
import { HuggingFaceSource } from '../sources/huggingface.ts';
import { ModelScopeSource } from '../sources/modelscope.ts';
import { RegistrySource } from '../sources/registry.ts';
import type { NetworkDeps, SourceKind, WeightSource } from '../sources/source.ts';
import type { FileStore } from '../store/store.ts';

/** Where weights may come from, as the configuration says. */
export interface SourceSettings {
  /** In the order in which they are tried. */
  readonly order: readonly Exclude<SourceKind, 'folder'>[];
  readonly huggingfaceEndpoint?: string | undefined;
  readonly huggingfaceToken?: string | null | undefined;
  readonly modelscopeEndpoint?: string | undefined;
  /** Commands under which Python is looked for. */
  readonly python?: readonly string[] | undefined;
  /** Downloads that run at once. */
  readonly parallel?: number | undefined;
  readonly retryDelaysMs?: readonly number[] | undefined;
  readonly stallMs?: number | undefined;
}

/** The part of the configuration that says where weights come from. */
export interface WeightConfig {
  readonly weights: {
    readonly sources: readonly Exclude<SourceKind, 'folder'>[];
    readonly huggingface_endpoint?: string | undefined;
    readonly modelscope_endpoint?: string | undefined;
  };
  readonly huggingfaceToken: string | null;
}

/** The configuration's words as settings. */
export function sourceSettings(config: WeightConfig): SourceSettings {
  return {
    order: config.weights.sources,
    huggingfaceEndpoint: config.weights.huggingface_endpoint,
    huggingfaceToken: config.huggingfaceToken,
    modelscopeEndpoint: config.weights.modelscope_endpoint,
  };
}

/** The sources of one pull, and the connections that they share. */
export interface OpenSources extends AsyncDisposable {
  readonly sources: readonly WeightSource[];
}

/** Opens the configured sources; nothing is asked yet. The usual proxy variables (HTTPS_PROXY, NO_PROXY) hold. The caller disposes of it. */
export function openSources(settings: SourceSettings, store: FileStore, log: Log): OpenSources {
  const agent = new EnvHttpProxyAgent({ connect: { timeout: 5_000 } });
  const deps: NetworkDeps = {
    dispatcher: agent.compose(interceptors.redirect({ maxRedirections: 5 })),
    downloads: new Semaphore(settings.parallel ?? 4),
    log,
    retryDelaysMs: settings.retryDelaysMs ?? [500, 1_500, 4_000, 10_000],
    stallMs: settings.stallMs ?? 30_000,
  };
  const open = {
    huggingface: () =>
      new HuggingFaceSource({ endpoint: settings.huggingfaceEndpoint, token: settings.huggingfaceToken }, deps),
    modelscope: () => new ModelScopeSource({ endpoint: settings.modelscopeEndpoint }, deps),
    registry: () => new RegistrySource({ folder: join(store.partialFolder, 'wheels'), python: settings.python }, deps),
  };
  return {
    sources: settings.order.map((kind) => open[kind]()),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}
