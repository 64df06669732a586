import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { bytesOn, type DeviceId, devicesOf, type Footprint } from '../../shared/footprint.ts';
import type { Log } from '../../shared/log.ts';
import type { ModelSpec } from '../model-manager.ts';
import { writeFileAtomically } from '../store/write-file-atomically.ts';

const bytes = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

/** One life of a model. Which of the machine's GPUs it lay on does not matter: the largest share comes first. */
const Size = z.object({ atMs: z.number(), loaded: bytes, peak: bytes, gpus: z.array(bytes) });
type Size = z.infer<typeof Size>;

const Lesson = z.object({
  modelId: z.string(),
  seenMs: z.number(),
  sizes: z.array(Size),
  loadsMs: z.array(z.number().min(0)),
});
type Lesson = z.infer<typeof Lesson>;

const LearnedFile = z.object({ version: z.literal(1), models: z.record(z.string(), Lesson) });

/** What was seen of a model that was loaded. */
interface SeenSize {
  /** What it held right after its load; null where that could not be measured. */
  readonly loaded: Footprint | null;
  /** The most that it held since, device by device. */
  readonly peak: Footprint | null;
  /** How long the load took; null, or the same again, when that was recorded before. */
  readonly loadMs: number | null;
}

/** Remembers over restarts what models really need. What was learned of a model holds for its settings, threads and version alone. */
export interface LearnedSizes {
  /** What the next load on the estimate's devices is expected to take: the estimate, or more where lives on as many GPUs took more. */
  expected(model: ModelSpec, estimate: Footprint): Footprint;
  /** Takes note of a life, or of its beginning; written to disk a little later. */
  record(model: ModelSpec, seen: SeenSize): void;
  /** How long the last loads took, newest last. */
  loadsMs(model: ModelSpec): readonly number[];
  /** Writes what is not written yet. */
  close(): Promise<void>;
}

export interface LearnedSizesOptions {
  /** The file; made with the first record. */
  readonly path: string;
  /** Of the engines: another version may need another amount. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

const MOST_MODELS = 200;
const MOST_REMEMBERED = 8;
const FORGET_MS = 30 * 24 * 3_600_000;
const WRITE_DELAY_MS = 2_000;

/** Reads what was learned. A damaged file is set aside with a warning; never rejects. */
export async function openLearnedSizes(options: LearnedSizesOptions): Promise<LearnedSizes> {
  return new Learned(options, await readLessons(options));
}

class Learned implements LearnedSizes {
  readonly #options: LearnedSizesOptions;
  readonly #lessons: Map<string, Lesson>;
  #cancelWrite: (() => void) | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: LearnedSizesOptions, lessons: Map<string, Lesson>) {
    this.#options = options;
    this.#lessons = lessons;
  }

  expected(model: ModelSpec, estimate: Footprint): Footprint {
    const sizes = this.#lessons.get(this.#keyOf(model))?.sizes ?? [];
    return expectSize(sizes, estimate, this.#options.clock.now());
  }

  loadsMs(model: ModelSpec): readonly number[] {
    return this.#lessons.get(this.#keyOf(model))?.loadsMs ?? [];
  }

  record(model: ModelSpec, { loaded, peak, loadMs }: SeenSize): void {
    const key = this.#keyOf(model);
    const seenMs = this.#options.clock.now();
    const before = this.#lessons.get(key) ?? { modelId: model.id, seenMs, sizes: [], loadsMs: [] };
    const size = loaded === null ? [] : [sizeOf(loaded, peak ?? loaded, seenMs)];
    // A life is recorded at its beginning and at its end.
    const load = loadMs === null || loadMs === before.loadsMs.at(-1) ? [] : [Math.max(0, loadMs)];
    const lesson = {
      modelId: model.id,
      seenMs,
      sizes: [...before.sizes, ...size].slice(-MOST_REMEMBERED),
      loadsMs: [...before.loadsMs, ...load].slice(-MOST_REMEMBERED),
    };
    // The map's order is that of the last record: the first is the longest unused.
    this.#lessons.delete(key);
    this.#lessons.set(key, lesson);
    for (const oldest of this.#lessons.keys()) {
      if (this.#lessons.size <= MOST_MODELS) break;
      this.#lessons.delete(oldest);
    }
    this.#cancelWrite ??= this.#options.clock.after(WRITE_DELAY_MS, () => void this.#write());
  }

  async close(): Promise<void> {
    if (this.#cancelWrite !== null) void this.#write();
    await this.#writing;
  }

  #write(): Promise<void> {
    this.#cancelWrite?.();
    this.#cancelWrite = null;
    this.#writing = this.#writing.then(async () => {
      const { path, log } = this.#options;
      try {
        const models = Object.fromEntries(this.#lessons);
        await writeFileAtomically(path, JSON.stringify({ version: 1, models } satisfies z.infer<typeof LearnedFile>));
      } catch (error) {
        log.warn({ err: error }, `what was learned of the models' sizes could not be written to ${path}`);
      }
    });
    return this.#writing;
  }

  #keyOf({ id, engine, settings, threads, fileBytes }: ModelSpec): string {
    const text = stableJson([id, engine, this.#options.version, threads, fileBytes, settings]);
    return createHash('sha256').update(text).digest('hex').slice(0, 32);
  }
}

async function readLessons({ path, log }: LearnedSizesOptions): Promise<Map<string, Lesson>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log.warn(
        { err: error },
        `what was learned of the models' sizes could not be read from ${path}; estimates are used`,
      );
    }
    return new Map();
  }
  const parsed = LearnedFile.safeParse(parseJson(text));
  if (parsed.success) {
    return new Map(Object.entries(parsed.data.models).sort(([, a], [, b]) => a.seenMs - b.seenMs));
  }
  const aside = `${path}.damaged`;
  await rename(path, aside).catch((error: unknown) => log.warn({ err: error }, `${path} could not be set aside`));
  log.warn(
    {},
    `${path} is damaged or of another version; it was set aside as ${aside}, and the models are measured anew`,
  );
  return new Map();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses it.
    return null;
  }
}

function sizeOf(loaded: Footprint, peak: Footprint, atMs: number): Size {
  const gpus = gpusOf(peak)
    .map((device) => Math.max(bytesOn(peak, device), bytesOn(loaded, device)))
    .filter((each) => each > 0)
    .sort((a, b) => b - a);
  const ram = bytesOn(loaded, 'ram');
  return { atMs, loaded: ram, peak: Math.max(ram, bytesOn(peak, 'ram')), gpus };
}

function gpusOf(footprint: Footprint): DeviceId[] {
  return devicesOf(footprint).filter((device) => device !== 'ram');
}

/** How far a single life may lead above the estimate; what is more is believed when it happens again. */
const MOST_ALONE = 2;
/** Lives that differ by less than this share took the same. */
const SAME_SHARE = 0.25;

/**
 * The most that lives on as many GPUs took, and another one about as much; never less than the estimate, because a life in which little was
 * asked of the model says little of what it may need. One life that took far more counts no more than twice the estimate, so that it can
 * never keep a model from being loaded again.
 */
function expectSize(sizes: readonly Size[], estimate: Footprint, nowMs: number): Footprint {
  const gpus = gpusOf(estimate).sort((a, b) => bytesOn(estimate, b) - bytesOn(estimate, a));
  const fit = sizes.filter((size) => size.gpus.length === gpus.length && nowMs - size.atMs < FORGET_MS);
  if (fit.length === 0) return estimate;
  const learned = (device: DeviceId, seen: readonly number[]): number => {
    const guess = bytesOn(estimate, device);
    const confirmed = seen.filter(
      (size, at) =>
        guess === 0 || seen.some((other, place) => place !== at && Math.abs(other - size) <= size * SAME_SHARE),
    );
    const most = confirmed.length > 0 ? Math.max(...confirmed) : Math.min(Math.max(...seen), guess * MOST_ALONE);
    return Math.max(most, guess);
  };
  const parts: Partial<Record<DeviceId, number>> = {
    ram: learned(
      'ram',
      fit.map(({ peak }) => peak),
    ),
  };
  for (const [at, device] of gpus.entries())
    parts[device] = learned(
      device,
      fit.map((size) => size.gpus[at] ?? 0),
    );
  return parts;
}

/** JSON with sorted keys, so that equal settings are equal texts. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
