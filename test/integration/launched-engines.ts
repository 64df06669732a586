import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChatEvent, ChatRequest, ContentPart } from '../../packages/server/src/engines/engine.ts';
import type {
  EngineProcess,
  LoadProgress,
  StartEngineOptions,
} from '../../packages/server/src/engines/engine-process.ts';
import { vllm } from '../../packages/server/src/engines/launched/vllm.ts';
import { testGpu } from '../../packages/server/src/engines/launched/test-launch.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { noSignal } from './fake-models.ts';
import { GREEDY } from '../../packages/server/src/engines/test-sampling.ts';

/** The stand-in's program, as a setting `command`. */
export const STAND_IN = [process.execPath, fileURLToPath(new URL('../stand-in/vllm.mjs', import.meta.url))];

/** What happened in the stand-in, as it reports it. */
interface Reported {
  readonly event: string;
  readonly pid?: number;
  readonly core?: number;
  readonly workers?: readonly number[];
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly words?: number;
}

/** A folder with a model for the stand-in; removed with `dispose`. */
export interface StandIn {
  readonly folder: string;
  readonly logFile: string;
  readonly progress: LoadProgress[];
  settings(behaviour?: Readonly<Record<string, unknown>>): Record<string, unknown>;
  files(): Record<string, string>;
  start(
    behaviour?: Readonly<Record<string, unknown>>,
    changes?: Readonly<Record<string, unknown>>,
    start?: Partial<StartEngineOptions>,
  ): Promise<EngineProcess<'chat'>>;
  report(event?: string): Reported[];
  /** All processes that the stand-in started last. */
  pids(): number[];
  dispose(): void;
}

export function standIn(): StandIn {
  const folder = mkdtempSync(join(tmpdir(), 'concert-test-'));
  const reportFile = join(folder, 'report.jsonl');
  const logFile = join(folder, 'logs', 'test.log');
  const config = join(folder, 'config.json');
  writeFileSync(config, '{}');
  const progress: LoadProgress[] = [];
  const report = (event?: string): Reported[] =>
    (existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Reported)
      .filter((entry) => event === undefined || entry.event === event);
  const settings = (behaviour: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
    command: STAND_IN,
    maxSequenceTokens: 4096,
    env: { STAND_IN: JSON.stringify(behaviour), STAND_IN_REPORT: reportFile },
  });
  const files = { 'config.json': config };
  return {
    folder,
    logFile,
    progress,
    settings,
    files: () => files,
    start(behaviour = {}, changes = {}, start = {}) {
      return vllm.start?.({
        engine: 'vllm',
        options: {
          modelId: 'test',
          files,
          settings: { ...settings(behaviour), ...changes },
          threads: 1,
          gpus: ['gpu:0', 'gpu:1'],
          state: null,
        },
        devices: ['ram', 'gpu:0', 'gpu:1'],
        reserved: { 'gpu:0': 20_000_000_000, 'gpu:1': 20_000_000_000 },
        gpus: [testGpu(0), testGpu(1)],
        logFile,
        log: silentLog,
        onProgress: (told) => progress.push(told),
        signal: noSignal,
        ...start,
      }) as Promise<EngineProcess<'chat'>>;
    },
    report,
    pids() {
      const parent = report('arguments').at(-1)?.pid;
      const started = report('started').at(-1);
      return [parent, started?.core, ...(started?.workers ?? [])].filter((pid) => pid !== undefined);
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A request whose last message tells the stand-in what to do. */
export function tell(
  told: string | Readonly<Record<string, unknown>> | readonly ContentPart[],
  more: Partial<ChatRequest> = {},
): ChatRequest {
  const content = typeof told === 'string' || Array.isArray(told) ? (told as string) : JSON.stringify(told);
  return {
    messages: [{ role: 'user', content }],
    sampling: GREEDY,
    maxTokens: null,
    stop: [],
    ...more,
  };
}

/** All events of an answer. */
export async function eventsOf(
  engine: EngineProcess<'chat'>,
  request: ChatRequest,
  signal: AbortSignal = noSignal,
): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of engine.run(request, signal)) events.push(event);
  return events;
}

/** The text of an answer. */
export function textIn(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.kind === 'text-delta' ? event.text : '')).join('');
}

/** Whether a process runs: one that only waits for its parent to notice its end does not. */
export function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !'ZX'.includes(stat[stat.lastIndexOf(')') + 2] ?? 'X');
  } catch {
    return false;
  }
}
