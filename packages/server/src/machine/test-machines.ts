import { fileURLToPath } from 'node:url';
import type { Probe } from './probe.ts';
import { loadRecording, replayProbe } from './recording.ts';

/** The machine of `test/fixtures/machines` that has this name, as it would answer. */
export function recordedMachine(name: string): Probe {
  return replayProbe(
    loadRecording(fileURLToPath(new URL(`../../../../test/fixtures/machines/${name}.yaml`, import.meta.url))),
  );
}
