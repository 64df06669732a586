import { readFileSync } from 'node:fs';
import type { BenchServer } from '../bench-server.ts';
import { interleave } from '../measure.ts';
import type { Row } from '../report.ts';
import type { BenchModels } from '../weights.ts';

const PICTURE = 'promotion.jpg';
const ANSWER_TOKENS = 8;
const QUESTION = 'What does it say?';

/** A picture read by one model and talked about by another: as one request, whose plan is known, and step by step by the client. */
export async function measureChain(server: BenchServer, { profile }: BenchModels, rounds: number): Promise<Row[]> {
  const { chat, ocr } = profile.roles;
  const bytes = readFileSync(new URL(`../../test/fixtures/images/${PICTURE}`, import.meta.url));
  const ask = async (content: unknown): Promise<void> => {
    const body = { model: 'auto', messages: [{ role: 'user', content }], max_tokens: ANSWER_TOKENS, temperature: 0 };
    await (await server.post('/v1/chat/completions', body)).arrayBuffer();
  };
  const planned = (): Promise<void> =>
    ask([
      { type: 'text', text: QUESTION },
      { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${bytes.toString('base64')}` } },
    ]);
  const byHand = async (): Promise<void> => {
    const form = new FormData();
    form.set('model', ocr);
    form.set('image', new Blob([bytes]), PICTURE);
    const read = (await (await server.post('/v1/ocr', form)).json()) as {
      readonly lines: readonly { readonly text: string }[];
    };
    await ask(`${read.lines.map(({ text }) => text).join('\n')}\n\n${QUESTION}`);
  };
  const unloaded = async (work: () => Promise<void>): Promise<number> => {
    for (const model of [chat, ocr]) await server.unload(model);
    return timed(work);
  };
  const seconds = await interleave(rounds, {
    cold: () => unloaded(planned),
    coldByHand: () => unloaded(byHand),
    hot: () => timed(planned),
  });
  return [
    {
      what: 'picture to chat, nothing loaded: one request, the next model loaded ahead',
      unit: 's',
      values: seconds.cold,
    },
    { what: 'picture to chat, nothing loaded: step by step', unit: 's', values: seconds.coldByHand },
    { what: 'picture to chat, both loaded', unit: 's', values: seconds.hot },
    {
      what: 'picture to chat, nothing loaded: loaded ahead / step by step',
      unit: 'ratio',
      values: seconds.cold.map((value, round) => value / (seconds.coldByHand[round] ?? Number.NaN)),
    },
  ];
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}
