import { expect, test } from 'vitest';
import { manualClock } from '../fake-deps.ts';
import { type MessageSocket, Outgoing } from './outgoing.ts';

/** A client that takes what it is sent when the test says so. */
class SlowSocket implements MessageSocket {
  bufferedAmount = 0;
  terminated = false;
  #callbacks: (() => void)[] = [];

  send(text: string, taken: () => void): void {
    this.bufferedAmount += text.length;
    this.#callbacks.push(taken);
  }

  takeAll(): void {
    this.bufferedAmount = 0;
    for (const taken of this.#callbacks.splice(0)) taken();
  }

  terminate(): void {
    this.terminated = true;
  }
}

const MB = 1024 * 1024;

test('a client that keeps up is never waited for', async () => {
  const out = new Outgoing(new SlowSocket(), manualClock());
  out.send('x'.repeat(1000));
  await out.ready();
});

test('a slow client is waited for until it has taken nearly all', async () => {
  const socket = new SlowSocket();
  const out = new Outgoing(socket, manualClock());
  out.send('x'.repeat(MB));
  const order: string[] = [];
  const ready = out.ready().then(() => order.push('ready'));
  await Promise.resolve();
  order.push('taken');
  socket.takeAll();
  await ready;
  expect(order).toEqual(['taken', 'ready']);
});

test('a client that takes nothing for two minutes is cut off; while the server stops, sooner', async () => {
  const clock = manualClock();
  const patient = new SlowSocket();
  const out = new Outgoing(patient, clock);
  out.send('x'.repeat(MB));
  const ready = out.ready();
  clock.pass(119_000);
  expect(patient.terminated).toBe(false);
  clock.pass(1_000);
  expect(patient.terminated).toBe(true);
  out.close();
  await ready;

  const stopping = new SlowSocket();
  const last = new Outgoing(stopping, clock);
  last.send('x'.repeat(MB));
  const gone = last.ready();
  last.hurry();
  clock.pass(2_000);
  expect(stopping.terminated).toBe(true);
  last.close();
  await gone;
});

test('a client that never reads and goes on asking is cut off before it fills the memory', () => {
  const socket = new SlowSocket();
  const out = new Outgoing(socket, manualClock());
  for (let at = 0; at < 40 && !socket.terminated; at += 1) out.send('x'.repeat(MB));
  expect(socket.terminated).toBe(true);
  expect(socket.bufferedAmount).toBeLessThan(34 * MB);
});
