import type { Clock } from '../../shared/clock.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent, ChatRequest } from '../engine.ts';
import { type EngineProcess, howEnded, type ProcessExit } from '../engine-process.ts';
import type { EngineAddress } from './engine-address.ts';
import type { EngineControl } from './engine-control.ts';
import type { LaunchedProcess } from './launched-process.ts';
import type { Launch } from './launcher.ts';
import { OpenAiEngine } from './openai-engine.ts';

export interface LaunchedEngineOptions {
  readonly modelId: string;
  /** Ready; this engine ends it. */
  readonly process: LaunchedProcess;
  /** This engine closes it. */
  readonly control: EngineControl;
  readonly address: EngineAddress;
  readonly launch: Launch;
  readonly clock: Clock;
  /** Ended as hung after so long without a sign of life. */
  readonly unresponsiveMs: number;
}

const HEALTH_INTERVAL_MS = 5_000;
/** So many answers in a row that it is not well end it: engines report their own death so, and one may be a moment's affair. */
const MOST_UNWELL = 3;
/** A connection breaks a moment before the system tells that the process ends, and that before all of it has ended. */
const FIRST_NEWS_MS = 150;
const LAST_NEWS_MS = 3_000;

/** A model in a foreign engine that is ready: runs requests over HTTP and ends its processes when any of them is broken. */
export class LaunchedEngine implements EngineProcess<'chat'> {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  readonly sleep?: () => Promise<void>;
  readonly wake?: (signal: AbortSignal) => Promise<void>;
  readonly #options: LaunchedEngineOptions;
  readonly #engine: OpenAiEngine;
  #stopWatching: () => void = () => undefined;
  #closing = false;

  constructor(options: LaunchedEngineOptions) {
    this.#options = options;
    const { modelId, process, control, address, launch, clock } = options;
    this.pid = process.pid;
    this.exited = process.exited;
    this.#engine = new OpenAiEngine({
      modelId,
      address,
      apiKey: launch.apiKey,
      dialect: launch.dialect,
      howItEnded: () => this.#howItEnded(),
    });
    if (launch.sleeps) {
      this.sleep = () => control.setSleeping(true);
      this.wake = (signal) => control.setSleeping(false, signal);
    }
    this.#watchHealth(clock.now());
    void this.exited.then(async () => {
      this.#stopWatching();
      await Promise.all([this.#engine.close(), control.close()]);
    });
  }

  async *run(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    signal.throwIfAborted();
    if (this.#options.process.ending) throw (await this.#howItEnded()) ?? this.#crashError(null);
    yield* this.#engine.run(request, signal);
  }

  /** Breaks the connections first: an engine that is asked to stop would else wait for the answers under way. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#stopWatching();
    const closed = this.#options.process.close();
    await this.#engine.close();
    await closed;
  }

  /** Looks at the engine's health as long as it runs. A busy engine may be silent for long: bytes of an answer count as life too. */
  #watchHealth(lastLifeMs: number, unwell = 0): void {
    const { clock, control, process, unresponsiveMs } = this.#options;
    this.#stopWatching = clock.after(Math.min(HEALTH_INTERVAL_MS, unresponsiveMs), () => {
      void control.health().then((health) => {
        if (process.ending) return;
        const now = clock.now();
        const life = health === 'silent' ? Math.max(lastLifeMs, this.#engine.lastByteMs) : now;
        const sick = health === 'unwell' ? unwell + 1 : 0;
        if (sick >= MOST_UNWELL) void process.fail('its health check says that it is broken');
        else if (now - life > unresponsiveMs) {
          void process.fail(`it gave no sign of life for ${Math.round(unresponsiveMs / 1_000)} s`);
        } else this.#watchHealth(life, sick);
      });
    });
  }

  async #howItEnded(): Promise<GatewayError | null> {
    const early = await this.#exitWithin(FIRST_NEWS_MS);
    if (early !== null) return this.#crashError(early);
    return this.#options.process.ending ? this.#crashError(await this.#exitWithin(LAST_NEWS_MS)) : null;
  }

  #exitWithin(ms: number): Promise<ProcessExit | null> {
    const late = new Promise<null>((resolve) => {
      setTimeout(() => resolve(null), ms).unref();
    });
    return Promise.race([this.exited, late]);
  }

  #crashError(exit: ProcessExit | null): GatewayError {
    const { modelId, process } = this.#options;
    if (this.#closing || exit?.expected === true) {
      return new GatewayError('model_crashed', `the model ${modelId} was stopped while it answered; try again`);
    }
    const ended = exit === null ? 'ended' : howEnded(exit);
    const how = process.failure === null ? ended : `was ended because ${process.failure}`;
    return new GatewayError(
      'model_crashed',
      `the process of the model ${modelId} ${how}; the next request starts it again`,
      { cause: new Error(exit?.lastWords.join('\n') || 'the process wrote nothing') },
    );
  }
}
