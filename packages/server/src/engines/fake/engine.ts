import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ERRORS, type ErrorCode, GatewayError } from '../../shared/errors.ts';
import {
  contentText,
  type CreateEngine,
  type Engine,
  type EngineOptions,
  type Task,
  type TaskTypes,
} from '../engine.ts';
import { type Crash, type FakeRequest, FakeSettings, toldBy } from './behaviour.ts';
import { chatEvents, wordsOf } from './chat.ts';

type AnyRequest = TaskTypes[Task]['request'];
type AnyEvent = TaskTypes[Task]['event'];

const SAMPLE_RATE = 16_000;

/** Loads the engine for tests. Throws outside of them. */
export const createEngine: CreateEngine<Task> = async (options: EngineOptions) => {
  if (process.env['CONCERT_TEST_FAKE_ENGINE'] !== '1') {
    throw new Error('the fake engine is for tests alone; name another engine in the configuration');
  }
  const settings = FakeSettings.parse(options.settings);
  if (settings.loadMs > 0) await sleep(settings.loadMs);
  if (settings.crashLoad !== undefined) await crash(settings.crashLoad);
  if (settings.failLoad !== undefined) throw errorOf(settings.failLoad);
  return new FakeEngine(settings);
};

class FakeEngine implements Engine<Task> {
  readonly #settings: FakeSettings;
  readonly #held: Buffer[] = [];
  #endedEarly = 0;

  constructor(settings: FakeSettings) {
    this.#settings = settings;
    this.#hold(settings.holdBytes);
  }

  async *run(request: AnyRequest, signal: AbortSignal): AsyncGenerator<AnyEvent> {
    signal.throwIfAborted();
    const told = toldBy(instructionsIn(request));
    this.#hold(told.growBytes);
    if (told.stderrBytes > 0) process.stderr.write('x'.repeat(told.stderrBytes));
    let finished = false;
    try {
      yield* this.#answer(request, told, signal);
      finished = true;
    } finally {
      if (!finished) this.#endedEarly++;
    }
  }

  async *#answer(request: AnyRequest, told: ReturnType<typeof toldBy>, signal: AbortSignal): AsyncGenerator<AnyEvent> {
    let words = 0;
    for (const event of eventsFor(request, told, this.#textFor(told))) {
      if (isWord(event) && words++ === told.afterTokens) await misbehave(told);
      if (told.delayMs > 0) await sleep(told.delayMs);
      if (!told.ignoreCancel) signal.throwIfAborted();
      yield event;
    }
    await misbehave(told);
  }

  #textFor(told: ReturnType<typeof toldBy>): string {
    if (told.report === 'ended-early') return String(this.#endedEarly);
    return told.leaveBehindSeconds > 0 ? leaveBehind(told.leaveBehindSeconds) : told.say;
  }

  close(): Promise<void> {
    blockFor(this.#settings.ignoreStopMs);
    return Promise.resolve();
  }

  #hold(bytes: number): void {
    // Filled, so that the pages are really there.
    if (bytes > 0) this.#held.push(Buffer.alloc(bytes, 1));
  }
}

function instructionsIn(request: AnyRequest): string {
  if ('messages' in request) {
    const { prompt } = request;
    if (prompt !== undefined) return typeof prompt === 'string' ? prompt : prompt.join(' ');
    return contentText(request.messages.at(-1)?.content ?? '');
  }
  if ('text' in request) return request.text;
  if ('texts' in request) return request.texts.join(' ');
  if ('samples' in request) return '';
  return Buffer.from('image' in request ? request.image : request.audio).toString('utf8');
}

function* eventsFor(request: AnyRequest, told: FakeRequest, say: string): Generator<AnyEvent> {
  const words = wordsOf(say);
  if ('messages' in request) {
    yield* chatEvents(request, { ...told, say });
  } else if ('text' in request) {
    for (let at = 0; at < words.length; at++) {
      yield { kind: 'audio-chunk', sampleRate: SAMPLE_RATE, samples: new Float32Array(SAMPLE_RATE / 10) };
    }
  } else if ('audio' in request) {
    yield { kind: 'audio', durationSeconds: words.length };
    for (const [at, text] of words.entries()) {
      const times = { startSeconds: at, endSeconds: at + 1 };
      const words = request.words === true && { words: [{ text: text.trim(), ...times }] };
      yield { kind: 'segment', text, ...times, language: 'en', ...words };
    }
    yield { kind: 'finish', language: 'en' };
  } else if ('samples' in request) {
    // A voice is whatever is not nearly silent.
    const { samples } = request;
    const scores = Float32Array.from({ length: samples.length / 512 }, (_, frame) =>
      samples.subarray(frame * 512, (frame + 1) * 512).some((sample) => Math.abs(sample) > 0.1) ? 1 : 0,
    );
    yield { kind: 'speech-scores', scores, memory: new Float32Array(1) };
  } else if ('texts' in request) {
    for (const text of request.texts) {
      yield { kind: 'embedding', vector: Float32Array.of(1, 0, 0), tokens: text.split(' ').length };
    }
  } else {
    const box = [
      [0, 0],
      [90, 0],
      [90, 10],
      [0, 10],
    ] as const;
    yield { kind: 'ocr-result', width: 100, height: 100, rotation: 0, lines: [{ text: say, confidence: 1, box }] };
  }
}

function isWord(event: AnyEvent): boolean {
  return event.kind === 'text-delta' || event.kind === 'audio-chunk' || event.kind === 'segment';
}

async function misbehave(told: FakeRequest): Promise<void> {
  if (told.crash !== undefined) await crash(told.crash);
  if (told.fail !== undefined) throw errorOf(told.fail);
}

/** Ends the process; what was sent before has time to leave. */
async function crash(how: Crash): Promise<never> {
  await sleep(20);
  process.stderr.write(`the fake engine ends by ${how}\n`);
  if (how === 'abort') process.abort();
  if (how === 'exit') process.exit(3);
  process.kill(process.pid, 'SIGKILL');
  return sleep(2 ** 30, undefined as never);
}

/** Starts a process that outlives this one; gives its id. */
function leaveBehind(seconds: number): string {
  const child = spawn('sleep', [String(seconds)], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  child.unref();
  return String(child.pid);
}

function blockFor(ms: number): void {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function errorOf(code: string): Error {
  return code in ERRORS ? new GatewayError(code as ErrorCode, `the fake engine fails with ${code}`) : new Error(code);
}
