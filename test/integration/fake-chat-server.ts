import type { AddressInfo } from 'node:net';
import type { ChatEvent, ChatRequest } from '../../packages/server/src/engines/engine.ts';
import { createEngine } from '../../packages/server/src/engines/fake/engine.ts';
import { createApp } from '../../packages/server/src/http/app.ts';
import { fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import { testSpec } from '../../packages/server/src/models/test-spec.ts';
import { answer } from '../../packages/server/src/pipeline/answer.ts';
import { DEFAULT_PERSONA } from '../../packages/server/src/pipeline/persona.ts';
import { DEFAULT_TEMPLATES } from '../../packages/server/src/pipeline/templates.ts';
import { TestModels } from '../../packages/server/src/pipeline/test-models.ts';
import { decide } from '../../packages/server/src/route/decide.ts';
import { DEFAULT_RULES } from '../../packages/server/src/route/rules.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';

/** A server on a real port whose hub is the fake chat engine, behind the real decision and the real pipeline. */
export interface FakeChatServer {
  readonly url: string;
  /** What the engine was asked, in order. */
  readonly asked: ChatRequest[];
  close(): Promise<void>;
}

/** Starts it under the name `hub`. The test's environment must hold CONCERT_TEST_FAKE_ENGINE=1. */
export async function startFakeChat(): Promise<FakeChatServer> {
  const model = testSpec({ id: 'small-llm', task: 'chat', input: ['text', 'image'] });
  const options = { modelId: model.id, files: {}, settings: {}, threads: 1, gpus: [], state: null };
  const engine = await createEngine(options);
  const asked: ChatRequest[] = [];
  const models = new TestModels({
    'small-llm': {
      task: 'chat',
      run(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatEvent> {
        asked.push(request);
        return engine.run(request, signal) as AsyncIterable<ChatEvent>;
      },
    },
  });
  const names = { servedModelName: 'hub', aliases: {}, models: [model] };
  const roles = { chat: 'small-llm', ocr: 'none', asr: 'none', tts: {} };
  const deps = { models, clock: systemClock, templates: DEFAULT_TEMPLATES, persona: DEFAULT_PERSONA };
  const app = createApp(
    fakeDeps({
      answer: (input, signal) => answer(deps, decide({ names, roles, rules: DEFAULT_RULES }, input), input, signal),
    }),
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    asked,
    async close() {
      await app.close();
      await engine.close();
    },
  };
}
