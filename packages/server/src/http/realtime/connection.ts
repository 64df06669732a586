import { randomUUID } from 'node:crypto';
import type { ChatInput } from '../../pipeline/request.ts';
import type { VoiceModels } from '../../pipeline/turn-detection/voice-models.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { AppDeps } from '../app-deps.ts';
import { NO_DEMAND } from '../demand.ts';
import type { Flights } from '../flight.ts';
import { asGatewayError, logFailure } from '../render-error.ts';
import type { Effect, SessionInput } from './effect.ts';
import { type MessageSocket, Outgoing } from './outgoing.ts';
import { readEvent } from './read-event.ts';
import { answerer, transcriber, voiceWanted } from './realtime-names.ts';
import type { ApiShape } from './render-session.ts';
import { toWire } from './server-event.ts';
import { RealtimeSession } from './session.ts';
import type { SessionSettings } from './session-settings.ts';

/** The part of a WebSocket that a session uses. */
interface SessionSocket extends MessageSocket {
  close(code: number, reason: string): void;
  ping(): void;
  pause(): void;
  resume(): void;
}

/** Bounds of sessions, in milliseconds. */
export interface SessionTimes {
  /** A session whose client says nothing for so long is ended. */
  readonly idleMs: number;
  /** Between two pings; a client that has not answered the last one is gone. */
  readonly pingMs: number;
}

interface ConnectionOptions {
  readonly socket: SessionSocket;
  readonly deps: AppDeps;
  readonly flights: Flights;
  readonly log: Log;
  readonly settings: SessionSettings;
  readonly shape: ApiShape;
  readonly times: SessionTimes;
  readonly path: string;
}

/** How long a client may take to answer the end of its session. */
const GOODBYE_MS = 1_000;
/** Sound that waits to be judged beyond this stops the client from sending more. */
const MOST_UNJUDGED = 30 * 16_000;

const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

/** A session with its client and its models: reads events, does what the session wants done, and frees all of it at the end. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #session: RealtimeSession;
  readonly #out: Outgoing;
  readonly #voice: VoiceModels;
  readonly #gone = new AbortController();
  readonly #running = new Map<string, { abort(): void }>();
  #stopTimers: (() => void)[] = [];
  #stopWaking: () => void = () => undefined;
  #stopIdling: () => void = () => undefined;
  #unjudged = 0;
  #answersPing = true;
  #draining = false;

  constructor(options: ConnectionOptions) {
    const { socket, deps, settings, shape } = options;
    this.#options = options;
    this.#out = new Outgoing(socket, deps.clock);
    const bystander = { demand: NO_DEMAND, waiting: () => undefined, granted: () => undefined };
    this.#voice = deps.openVoice(deps.planVoice(voiceWanted(settings, deps)), this.#gone.signal, bystander);
    this.#session = new RealtimeSession({
      settings,
      shape,
      newId,
      imagePixels: deps.limits.imagePixels,
      now: () => deps.clock.now(),
      check: (wanted) => void deps.planVoice(voiceWanted(wanted, deps)),
    });
    this.#perform(this.#session.start());
    this.#keepAlive();
    this.#waitForClient();
  }

  /** Takes a message of the client. */
  receive(bytes: Buffer, isBinary: boolean): void {
    if (this.#gone.signal.aborted) return;
    this.#waitForClient();
    const read = readEvent(bytes, isBinary);
    if (read.kind === 'refused') this.#perform(this.#session.refuse(read.error, read.eventId));
    else if (this.#draining && read.event.type !== 'response.cancel')
      this.#perform(this.#session.refuse(STOPPING(), read.event.event_id ?? null));
    else this.#handle({ kind: 'client', event: read.event });
  }

  /** The client answered a ping. */
  answeredPing(): void {
    this.#answersPing = true;
  }

  /** The client is gone: stops all that runs for it. */
  closed(): void {
    if (this.#gone.signal.aborted) return;
    this.#gone.abort();
    for (const stop of [...this.#stopTimers, this.#stopWaking, this.#stopIdling]) stop();
    for (const running of this.#running.values()) running.abort();
    this.#voice[Symbol.dispose]();
    this.#out.close();
  }

  /** Ends the session as soon as nothing is under way in it; until then it takes nothing new. */
  drain(): void {
    this.#draining = true;
    this.#out.hurry();
    this.#endIfDrained();
  }

  #endIfDrained(): void {
    if (this.#draining && this.#session.idle) this.#sayGoodbye(STOPPING(), 1001, 'the server is stopping');
  }

  #sayGoodbye(error: GatewayError, code: number, reason: string): void {
    if (this.#gone.signal.aborted) return;
    const { socket, deps } = this.#options;
    this.#perform(this.#session.refuse(error, null));
    socket.close(code, reason);
    this.closed();
    deps.clock.after(GOODBYE_MS, () => socket.terminate());
  }

  #handle(input: SessionInput): void {
    if (this.#gone.signal.aborted) return;
    try {
      this.#perform(this.#session.handle(input));
    } catch (error) {
      // A fault of ours, which must not end the server.
      const shown = asGatewayError(error);
      logFailure(this.#options.log, shown);
      this.#perform(this.#session.refuse(shown, null));
    }
    this.#endIfDrained();
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: Effect): void {
    switch (effect.kind) {
      case 'send': {
        const message = toWire(effect.event, this.#options.shape, newId('event'));
        return message === null ? undefined : this.#out.send(JSON.stringify(message));
      }
      case 'detect':
        return void this.#detect(effect);
      case 'transcribe':
        return void this.#transcribe(effect);
      case 'answer':
        return void this.#answer(effect.id, effect.input);
      case 'stop-answering':
      case 'stop-transcribing':
        return this.#running.get(effect.id)?.abort();
      case 'settings':
        return this.#changeModels(effect.settings);
      case 'warm':
        return this.#voice.warm();
      case 'wake':
        this.#stopWaking();
        if (effect.ms !== null)
          this.#stopWaking = this.#options.deps.clock.after(effect.ms, () => this.#handle({ kind: 'woken' }));
        return undefined;
      default:
        return effect satisfies never;
    }
  }

  #changeModels(settings: SessionSettings): void {
    const { deps } = this.#options;
    this.#voice.change(deps.planVoice(voiceWanted(settings, deps)));
  }

  async #detect({ stream, samples }: Extract<Effect, { kind: 'detect' }>): Promise<void> {
    this.#weigh(samples.length);
    try {
      const scores = await this.#voice.score(samples);
      this.#handle({ kind: 'scores', stream, scores });
    } catch (error) {
      if (this.#gone.signal.aborted) return;
      const shown = asGatewayError(error);
      logFailure(this.#options.log, shown);
      this.#handle({ kind: 'detector-failed', stream, error: shown });
    } finally {
      this.#weigh(-samples.length);
    }
  }

  /** Holds up a client that sends more than the detector can judge. */
  #weigh(samples: number): void {
    const before = this.#unjudged;
    this.#unjudged += samples;
    if (before <= MOST_UNJUDGED && this.#unjudged > MOST_UNJUDGED) this.#options.socket.pause();
    if (before > MOST_UNJUDGED && this.#unjudged <= MOST_UNJUDGED) this.#options.socket.resume();
  }

  async #transcribe({ id, audio, model, language }: Extract<Effect, { kind: 'transcribe' }>): Promise<void> {
    const { deps, flights, path } = this.#options;
    using opened = flights.open({ id, path }, { model, stream: true });
    const { flight } = opened;
    const startedMs = deps.clock.now();
    this.#running.set(id, flight);
    try {
      flight.stepStarted('asr');
      const input = { model: transcriber(model, deps), audio, language, mode: 'transcribe' } as const;
      for await (const event of deps.transcribe(input, flight.signal, flight)) {
        if (event.kind === 'start') flight.answeredBy(event.model);
        else if (event.kind === 'segment') {
          flight.countPiece();
          this.#handle({ kind: 'heard-more', id, text: event.text });
        }
      }
      flight.stepEnded('asr', flight.answering ?? '', deps.clock.now() - startedMs);
      this.#handle({ kind: 'heard', id });
    } catch (error) {
      this.#tellFailure('not-heard', id, flight.signal, error);
    } finally {
      this.#running.delete(id);
    }
  }

  async #answer(id: string, input: ChatInput): Promise<void> {
    const { deps, flights, path } = this.#options;
    using opened = flights.open({ id, path }, { model: input.model, stream: true });
    const { flight } = opened;
    this.#running.set(id, flight);
    try {
      for await (const event of deps.answer({ ...input, model: answerer(input.model, deps) }, flight.signal, flight)) {
        flight.note(event);
        this.#handle({ kind: 'answer-event', id, event });
        await this.#out.ready();
        flight.signal.throwIfAborted();
      }
      this.#handle({ kind: 'answered', id });
    } catch (error) {
      this.#tellFailure('not-answered', id, flight.signal, error);
    } finally {
      if (this.#running.get(id) === flight) this.#running.delete(id);
    }
  }

  #tellFailure(kind: 'not-heard' | 'not-answered', id: string, signal: AbortSignal, error: unknown): void {
    if (this.#gone.signal.aborted) return;
    const shown = asGatewayError(signal.aborted ? signal.reason : error);
    if (shown.code !== 'client_closed') logFailure(this.#options.log.child({ responseId: id }), shown);
    this.#handle({ kind, id, error: shown });
  }

  #waitForClient(): void {
    const { deps, times } = this.#options;
    this.#stopIdling();
    this.#stopIdling = deps.clock.after(times.idleMs, () => {
      const minutes = Math.round(times.idleMs / 60_000);
      const message = `the session ended because its client sent nothing for ${minutes} minutes; open another`;
      this.#sayGoodbye(new GatewayError('request_timeout', message), 1000, 'idle');
    });
  }

  #keepAlive(): void {
    const { deps, times, socket } = this.#options;
    const next = deps.clock.after(times.pingMs, () => {
      if (!this.#answersPing) return socket.terminate();
      this.#answersPing = false;
      socket.ping();
      this.#keepAlive();
    });
    this.#stopTimers = [next];
  }
}

const STOPPING = (): GatewayError =>
  new GatewayError('shutting_down', 'the server is stopping; connect again to go on');
