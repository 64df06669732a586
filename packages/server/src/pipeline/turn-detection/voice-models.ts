import type { Task } from '../../engines/engine.ts';
import type { Lease, LeaseModels, Plan } from '../../models/model-manager.ts';
import { GatewayError } from '../../shared/errors.ts';

/** A model of a conversation by voice, and what it does there. */
interface VoiceStep {
  readonly model: string;
  readonly task: Task;
}

/** Which models a conversation by voice uses. */
export interface VoicePlan {
  /** Tells where the speaker's turns begin and end; null where none is installed. */
  readonly detector: string | null;
  /** The others, in the order in which a turn comes to them. */
  readonly steps: readonly VoiceStep[];
}

/** The models of one conversation, for as long as it lasts. */
export interface VoiceModels extends Disposable {
  /** Goes on with other models; the detector stays. */
  change(plan: VoicePlan): void;
  /** Brings them into memory ahead of use, as far as there is room. What fails then fails again for whoever uses it, and is told there. */
  warm(): void;
  /**
   * How likely it is that somebody speaks, for each 32 ms of the stream that became whole with these samples (mono, 16,000 a second).
   * Calls are answered in order. Throws `model_missing` where no detector is installed, and what keeps it from loading.
   */
  score(samples: Float32Array): Promise<Float32Array>;
}

/** Samples that are judged together. */
const FRAME = 512;

/**
 * Keeps the models of a conversation together and listens for speech. The detector is held from the first sound on: it is small, and a
 * pause to load it again would swallow the beginning of a turn. The signal's end frees everything.
 */
export function openVoiceModels(models: LeaseModels, plan: VoicePlan, signal: AbortSignal): VoiceModels {
  return new OpenVoiceModels(models, plan, signal);
}

class OpenVoiceModels implements VoiceModels {
  readonly #models: LeaseModels;
  #plan: VoicePlan;
  #announced: Plan;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #warming = false;
  #detector: Promise<Lease<'vad'>> | null = null;
  #memory: Float32Array | null = null;
  #rest = new Float32Array();
  #last: Promise<unknown> = Promise.resolve();

  constructor(models: LeaseModels, plan: VoicePlan, signal: AbortSignal) {
    this.#models = models;
    this.#plan = plan;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.#announced = this.#announce(plan);
  }

  change(plan: VoicePlan): void {
    const before = this.#announced;
    this.#announced = this.#announce(plan);
    this.#plan = plan;
    before[Symbol.dispose]();
  }

  warm(): void {
    if (this.#warming || this.#signal.aborted) return;
    this.#warming = true;
    void this.#warm().finally(() => (this.#warming = false));
  }

  score(samples: Float32Array): Promise<Float32Array> {
    const result = this.#last.then(() => this.#score(samples));
    this.#last = result.catch(() => undefined);
    return result;
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    this.#letGo();
    this.#announced[Symbol.dispose]();
  }

  #announce({ detector, steps }: VoicePlan): Plan {
    return this.#models.plan([...(detector === null ? [] : [detector]), ...steps.map(({ model }) => model)]);
  }

  async #warm(): Promise<void> {
    for (const { model, task } of this.#plan.steps) {
      try {
        using _lease = await this.#models.acquire(model, task, this.#signal, { plan: this.#announced });
      } catch {
        // Whoever uses the model gets the same error and tells it.
        return;
      }
    }
  }

  async #score(samples: Float32Array): Promise<Float32Array> {
    const stream = new Float32Array(this.#rest.length + samples.length);
    stream.set(this.#rest);
    stream.set(samples, this.#rest.length);
    const whole = stream.length - (stream.length % FRAME);
    this.#rest = stream.slice(whole);
    if (whole === 0) return new Float32Array();
    const frames = stream.slice(0, whole);
    try {
      return await this.#judge(frames);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'model_crashed') throw error;
      // All that it knew of the stream is here, so its next process goes on where the last one ended.
      this.#letGo();
      return this.#judge(frames);
    }
  }

  async #judge(samples: Float32Array): Promise<Float32Array> {
    const lease = await this.#acquire();
    let scores: Float32Array | null = null;
    for await (const event of lease.engine.run({ samples, memory: this.#memory }, this.#signal)) {
      this.#memory = event.memory;
      scores = event.scores;
    }
    if (scores === null) throw new Error('the voice detector gave no scores');
    return scores;
  }

  #acquire(): Promise<Lease<'vad'>> {
    const { detector } = this.#plan;
    if (detector === null)
      throw new GatewayError(
        'model_missing',
        'no voice detector is installed; set turn_detection to null and commit each turn',
        { param: 'turn_detection' },
      );
    if (this.#detector === null) {
      const coming = this.#models.acquire(detector, 'vad', this.#signal, { plan: this.#announced });
      this.#detector = coming;
      coming.catch(() => {
        if (this.#detector === coming) this.#detector = null;
      });
    }
    return this.#detector;
  }

  #letGo(): void {
    this.#detector?.then(
      (lease) => lease[Symbol.dispose](),
      () => undefined,
    );
    this.#detector = null;
  }
}
