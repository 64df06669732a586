import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { SoakRequest } from './requests.ts';
import type { Attempt } from './tally.ts';

const MOST_ANSWER_MS = 300_000;
/** A client that was refused so often gives up and asks for something else. */
const MOST_TRIES = 5;
const PROBLEM_CHARACTERS = 300;

/** One client: what it asks, how long it thinks between, and when it leaves. */
export interface SoakClient {
  readonly url: string;
  readonly draw: () => SoakRequest;
  readonly random: Random;
  readonly thinkMs: number;
  /** In `performance.now()`. */
  readonly untilMs: number;
  readonly onAttempt: (attempt: Attempt) => void;
}

/** Asks and thinks in turn until its time is over; a refused request is sent again after the time that it was told. */
export async function runClient(client: SoakClient): Promise<void> {
  const over = (): boolean => performance.now() >= client.untilMs;
  // Clients do not come all at once.
  await sleep(client.random.next() * client.thinkMs);
  while (!over()) {
    const request = client.draw();
    for (let tries = 0; tries < MOST_TRIES && !over(); tries += 1) {
      const attempt = await attemptOne(client.url, request, tries > 0);
      client.onAttempt(attempt);
      if (attempt.retryAfterSeconds === null) break;
      await sleep(attempt.retryAfterSeconds * 1000);
    }
    await sleep(Math.min(client.random.pause(client.thinkMs), Math.max(0, client.untilMs - performance.now())));
  }
}

async function attemptOne(url: string, request: SoakRequest, waited: boolean): Promise<Attempt> {
  const startedMs = performance.now();
  const attempt = (rest: Pick<Attempt, 'status' | 'problem' | 'retryAfterSeconds'>): Attempt => ({
    kind: request.kind,
    waited,
    seconds: (performance.now() - startedMs) / 1000,
    ...rest,
  });
  try {
    const body = request.body();
    const response = await fetch(`${url}${request.path}`, {
      method: 'POST',
      body,
      ...(typeof body === 'string' ? { headers: { 'content-type': 'application/json' } } : {}),
      signal: AbortSignal.timeout(MOST_ANSWER_MS),
    });
    const text = new TextDecoder().decode(await response.arrayBuffer());
    const after = response.headers.get('retry-after');
    // A stream that breaks off has its status already; the error is its last event.
    const broken = response.ok && /^data: \{"error"/m.test(text);
    return attempt({
      status: broken ? null : response.status,
      problem: response.ok && !broken ? null : text.slice(-PROBLEM_CHARACTERS),
      retryAfterSeconds: response.ok || after === null ? null : Number(after),
    });
  } catch (error) {
    return attempt({ status: null, problem: String((error as Error).cause ?? error), retryAfterSeconds: null });
  }
}
