import type { Bench } from './bench.ts';
import { baselineBench } from './baseline/bench.ts';
import { batchingBench } from './batching/bench.ts';
import { chatBench } from './chat/bench.ts';
import { embeddingsBench } from './embeddings.ts';
import { engineBench } from './engine/bench.ts';
import { lifecycleBench } from './lifecycle/bench.ts';
import { memoryBench } from './memory.ts';
import { ocrBench } from './ocr.ts';
import { policiesBench } from './policies.ts';
import { prefixBench } from './prefix/bench.ts';
import { soakBench } from './soak/bench.ts';
import { speechBench } from './speech.ts';
import { startBench } from './start.ts';
import { tapsBench } from './taps.ts';

/** Everything that can be measured, in the order of the page of results. */
export const BENCHES: readonly Bench[] = [
  engineBench,
  batchingBench,
  prefixBench,
  lifecycleBench,
  baselineBench,
  chatBench,
  ocrBench,
  speechBench,
  embeddingsBench,
  startBench,
  memoryBench,
  tapsBench,
  policiesBench,
  soakBench,
];
