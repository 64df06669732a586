/** The program of a model's own process: loads one engine and serves it over the IPC channel. */
import type { CreateEngine, Engine, Task, TaskTypes } from '../engine.ts';
import { type FromWorker, type ToWorker, toWireError } from './messages.ts';

type AnyRequest = TaskTypes[Task]['request'];

let engine: Engine<Task> | null = null;
const running = new Map<number, AbortController>();
let pending: (readonly [number, unknown])[] = [];
let flushPlanned = false;

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

/** Sends what has gathered since the last turn of the event loop as one message. */
function flush(): void {
  flushPlanned = false;
  if (pending.length === 0) return;
  const events = pending;
  pending = [];
  send({ kind: 'events', events });
}

function emit(id: number, event: unknown): void {
  pending.push([id, event]);
  if (flushPlanned) return;
  flushPlanned = true;
  setImmediate(flush);
}

async function load(message: Extract<ToWorker, { kind: 'load' }>): Promise<void> {
  process.title = `concert: ${message.options.modelId}`;
  try {
    if (!/^[a-z0-9-]+$/.test(message.engine)) throw new Error(`bad engine name ${message.engine}`);
    const here = import.meta.url;
    const extension = here.endsWith('.ts') ? 'ts' : 'js';
    const module = (await import(new URL(`../${message.engine}/engine.${extension}`, here).href)) as {
      createEngine: CreateEngine<Task>;
    };
    engine = await module.createEngine(message.options);
    send({ kind: 'loaded' });
  } catch (error) {
    send({ kind: 'load-failed', error: toWireError(error) });
  }
}

async function run(id: number, request: AnyRequest): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    if (engine === null) throw new Error('no engine is loaded');
    for await (const event of engine.run(request, controller.signal)) {
      // An engine that is slow to notice must not go on sending to nobody.
      if (controller.signal.aborted) break;
      emit(id, event);
    }
    flush();
    send({ kind: 'done', id });
  } catch (error) {
    flush();
    send({ kind: 'failed', id, error: toWireError(error) });
  } finally {
    running.delete(id);
  }
}

async function stop(): Promise<void> {
  for (const controller of running.values()) controller.abort();
  try {
    await engine?.close();
  } finally {
    process.exit(0);
  }
}

process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'load':
      void load(message);
      break;
    case 'run':
      void run(message.id, message.request as AnyRequest);
      break;
    case 'cancel':
      running.get(message.id)?.abort();
      break;
    case 'stop':
      void stop();
      break;
    default:
      message satisfies never;
  }
});
// The server is gone: nobody is left to answer.
process.on('disconnect', () => process.exit(0));
// The server decides when a model stops: a Ctrl+C in the terminal, a closed terminal or a service manager's stop reach the
// whole group, and answers under way must be finished first. A server that dies takes the model along by 'disconnect'.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// It may have died before this line was reached.
if (!process.connected) process.exit(0);
