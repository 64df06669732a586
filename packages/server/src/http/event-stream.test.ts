import { expect, test } from 'vitest';
import type { AnswerEvent } from '../pipeline/request.ts';
import { createApp } from './app.ts';
import { deferred, FAKE_ANSWER, fakeDeps, manualClock } from './fake-deps.ts';

const REQUEST = {
  method: 'POST',
  url: '/v1/chat/completions',
  payload: { messages: [{ role: 'user', content: 'Hi' }], stream: true },
} as const;

/** An answer that waits for `go` before its first event. */
function waitingAnswer(): {
  answer: () => AsyncGenerator<AnswerEvent>;
  asked: Promise<void>;
  go: (error?: Error) => void;
} {
  const asked = deferred();
  const gate = deferred();
  return {
    asked: asked.promise,
    go: (error) => (error === undefined ? gate.resolve() : gate.reject(error)),
    async *answer() {
      asked.resolve();
      await gate.promise;
      yield* FAKE_ANSWER;
    },
  };
}

test('while a model loads, the stream opens after two seconds and is kept alive every ten (LiteLLM#37322)', async () => {
  const clock = manualClock();
  const { answer, asked, go } = waitingAnswer();
  const answered = createApp(fakeDeps({ clock, answer })).inject(REQUEST);
  await asked;
  clock.pass(1_999);
  clock.pass(1);
  clock.pass(10_000);
  clock.pass(10_000);
  go();
  const { body } = await answered;
  expect(body).toMatch(/^: waiting\n\n: waiting\n\n: waiting\n\ndata: \{"id"/);
  expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('an early failure keeps its status, a late one is an event', async () => {
  for (const { waitMs, status } of [
    { waitMs: 1_999, status: 500 },
    { waitMs: 2_000, status: 200 },
  ]) {
    const clock = manualClock();
    const { answer, asked, go } = waitingAnswer();
    const answered = createApp(fakeDeps({ clock, answer })).inject(REQUEST);
    await asked;
    clock.pass(waitMs);
    go(new Error('broken'));
    const { statusCode, body } = await answered;
    expect(statusCode).toBe(status);
    expect(body).toContain('"code":"internal_error"');
    expect(body).not.toContain('[DONE]');
  }
});

test('deltas that arrive in one turn are sent in one write, those of another turn in another', async () => {
  const writes: string[] = [];
  const app = createApp(
    fakeDeps({
      async *answer() {
        yield* FAKE_ANSWER.slice(0, -1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield* FAKE_ANSWER.slice(-1);
      },
    }),
  );
  app.addHook('onRequest', (_request, reply, done) => {
    const { raw } = reply;
    const write = raw.write.bind(raw) as (text: string) => boolean;
    raw.write = ((text: string) => {
      writes.push(text);
      return write(text);
    }) as typeof raw.write;
    done();
  });
  await app.inject(REQUEST);
  expect(writes.map((text) => text.match(/"(content|finish_reason)":"/g)?.length)).toEqual([3, 1]);
});
