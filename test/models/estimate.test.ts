import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { llamaCpp } from '../../packages/server/src/engines/llama-cpp/definition.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { shapeOfGguf } from '../../packages/server/src/models/estimate/chat-shape.ts';
import { completeSettings } from '../../packages/server/src/models/estimate/complete-settings.ts';
import { estimateChat, totalOfParts } from '../../packages/server/src/models/estimate/estimate-chat.ts';
import { readGgufHeader } from '../../packages/server/src/models/estimate/gguf-header.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { readProcessBytes } from '../../packages/server/src/shared/process-memory.ts';
import { weightFile } from './weights.ts';

const MODELS = ['SmolLM2-135M-Instruct.Q4_1.gguf', 'qwen2.5-coder-1.5b-instruct-q4_k_m.gguf'] as const;

/** Of a small model most is the process itself; how much of its libraries counts depends on who else has them loaded. */
const PROCESS_BYTES = 60e6;

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(3);

/** What a model's process holds once it is loaded. */
async function measure(path: string, settings: Record<string, unknown>): Promise<number> {
  const worker = await startWorker<'chat'>({
    engine: 'llama-cpp',
    options: { modelId: 'test', files: { 'model.gguf': path }, settings, threads: 1, gpus: [], state: null },
    log: silentLog,
    signal: new AbortController().signal,
  });
  try {
    return (await readProcessBytes(worker.pid)) ?? 0;
  } finally {
    await worker.close();
  }
}

for (const name of MODELS) {
  const path = weightFile(name);
  if (path === null) console.warn(`${name}: skipped, its weights are not on this machine`);

  test.skipIf(path === null)(
    `what ${name} needs is told from its header alone, within a tenth or the process’s own share`,
    async () => {
      const file = path ?? '';
      for (const sequences of [1, 8]) {
        const given = { maxSequences: sequences, maxSequenceTokens: 4096 };
        const settings = await completeSettings({ engine: 'llama-cpp', settings: given }, { [name]: file });
        const shape = shapeOfGguf(await readGgufHeader(file));
        const parts = estimateChat({
          shape,
          sequences,
          tokensPerSequence: 4096,
          kvType: 'f16',
          gpus: 0,
          batchTokens: 64,
          pictureTokens: 0,
        });
        const told = totalOfParts(parts);
        // Its own estimate also counts what it keeps of earlier conversations later on.
        const engine = llamaCpp.estimateBytes({ fileBytes: statSync(file).size, settings });
        const held = await measure(file, settings);
        console.log(
          `${name}, ${sequences} × 4096: weights ${gigabytes(parts.weights)}, cache ${gigabytes(parts.kv)}, rest ${gigabytes(parts.headroom)}: ` +
            `${gigabytes(told)} GB; measured ${gigabytes(held)}; error ${((told / held - 1) * 100).toFixed(1)} %; the engine's own ${gigabytes(engine)}`,
        );
        expect(Math.abs(told - held)).toBeLessThan(Math.max(0.1 * held, PROCESS_BYTES));
        expect(engine).toBeGreaterThan(0.95 * held);
      }
    },
  );
}
