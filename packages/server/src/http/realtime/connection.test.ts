import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../shared/log.ts';
import { noMetrics } from '../../shared/metrics.ts';
import { deferred, type FakeDeps, fakeDeps, manualClock } from '../fake-deps.ts';
import { Flights } from '../flight.ts';
import { Connection } from './connection.ts';
import { defaultSettings } from './session-settings.ts';

/** A client's end of the socket. */
class FakeSocket {
  bufferedAmount = 0;
  readonly told: { type: string; error?: { code: string } }[] = [];
  closedWith: number | null = null;
  terminated = false;
  pings = 0;
  paused = false;

  send(text: string, taken: () => void): void {
    this.told.push(JSON.parse(text) as { type: string });
    taken();
  }

  close(code: number): void {
    this.closedWith = code;
  }

  terminate(): void {
    this.terminated = true;
  }

  ping(): void {
    this.pings += 1;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}

const open: Connection[] = [];
afterEach(() => {
  for (const connection of open.splice(0)) connection.closed();
});

function connect(overrides: Partial<FakeDeps> = {}): {
  readonly socket: FakeSocket;
  readonly clock: ReturnType<typeof manualClock>;
  readonly connection: Connection;
  readonly flights: Flights;
} {
  const clock = manualClock();
  const deps = fakeDeps({ clock, ...overrides });
  const socket = new FakeSocket();
  const flights = new Flights({ clock, metrics: noMetrics });
  const connection = new Connection({
    socket,
    deps,
    flights,
    log: silentLog,
    settings: defaultSettings('hub', 'realtime'),
    shape: 'ga',
    times: { idleMs: 60_000, pingMs: 10_000 },
    path: '/v1/realtime',
  });
  open.push(connection);
  return { socket, clock, connection, flights };
}

const event = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const sound = (seconds: number): Buffer =>
  event({ type: 'input_audio_buffer.append', audio: Buffer.alloc(seconds * 48_000).toString('base64') });

test('a client that does not answer a ping is gone', () => {
  const { socket, clock, connection } = connect();
  clock.pass(10_000);
  connection.answeredPing();
  clock.pass(10_000);
  expect([socket.pings, socket.terminated]).toEqual([2, false]);
  clock.pass(10_000);
  expect(socket.terminated).toBe(true);
});

test('a session whose client says nothing for long is ended with a reason', () => {
  const { socket, clock, connection } = connect();
  clock.pass(50_000);
  connection.receive(event({ type: 'input_audio_buffer.clear' }), false);
  clock.pass(50_000);
  expect(socket.closedWith).toBeNull();
  clock.pass(10_000);
  expect(socket.told.at(-1)).toMatchObject({ type: 'error', error: { code: 'request_timeout' } });
  expect(socket.closedWith).toBe(1000);
  // A client that does not end its side either is cut off.
  clock.pass(1_000);
  expect(socket.terminated).toBe(true);
});

test('a client that sends faster than the detector judges is held up, and goes on afterwards', async () => {
  const judged = deferred();
  const { socket, connection } = connect({
    openVoice: () => ({
      change: () => undefined,
      warm: () => undefined,
      score: () => judged.promise.then(() => new Float32Array()),
      [Symbol.dispose]: () => undefined,
    }),
  });
  connection.receive(sound(20), false);
  expect(socket.paused).toBe(false);
  connection.receive(sound(20), false);
  expect(socket.paused).toBe(true);
  judged.resolve();
  await setImmediate();
  expect(socket.paused).toBe(false);
});

test('a client that leaves frees its models and stops what runs for it', async () => {
  let disposed = 0;
  const stopped = deferred();
  const { connection, flights } = connect({
    openVoice: () => ({
      change: () => undefined,
      warm: () => undefined,
      score: () => Promise.resolve(new Float32Array()),
      [Symbol.dispose]: () => (disposed += 1),
    }),
    // eslint-disable-next-line require-yield
    async *answer(_input, signal) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      stopped.resolve();
    },
  });
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] };
  connection.receive(event({ type: 'conversation.item.create', item }), false);
  connection.receive(event({ type: 'response.create' }), false);
  expect(flights.list()).toMatchObject([{ path: '/v1/realtime', model: 'hub' }]);
  connection.closed();
  connection.closed();
  await stopped.promise;
  await setImmediate();
  expect(disposed).toBe(1);
  expect(flights.list()).toEqual([]);
});

test('a fault of the server is told without its details, and the session goes on', async () => {
  const { socket, connection } = connect({
    planVoice: ({ voice }) => {
      if (voice === 'broken') throw new TypeError('secret detail');
      return { detector: null, steps: [] };
    },
  });
  connection.receive(event({ type: 'session.update', session: { voice: 'broken' } }), false);
  expect(socket.told.at(-1)).toMatchObject({ error: { code: 'internal_error' } });
  expect(JSON.stringify(socket.told)).not.toContain('secret');
  connection.receive(event({ type: 'session.update', session: { voice: 'alloy' } }), false);
  await setImmediate();
  expect(socket.told.at(-1)?.type).toBe('session.updated');
});
