import type { Task } from '../engine.ts';
import type { EngineDefinition } from '../engine-definition.ts';

const TASKS = ['chat', 'ocr', 'asr', 'tts', 'vad', 'embed'] as const satisfies readonly Task[];

/**
 * An engine for tests, for each task: no weights, told by its settings and its requests how to behave. It stands in no
 * registry, and its process refuses to load unless the environment has CONCERT_TEST_FAKE_ENGINE=1.
 */
export const FAKE_ENGINES: readonly EngineDefinition[] = TASKS.map((task) => ({
  name: 'fake',
  task,
  /** `settings.estimateBytes`, else the bytes of its files. */
  estimateBytes: ({ fileBytes, settings }) => {
    const told = settings['estimateBytes'];
    return typeof told === 'number' ? told : fileBytes;
  },
  /** `settings.concurrency`, else far more than a test asks for. */
  concurrency: ({ settings }) => {
    const told = settings['concurrency'];
    return typeof told === 'number' ? told : 1_000;
  },
}));
