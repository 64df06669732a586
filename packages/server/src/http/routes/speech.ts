import { SpeechRequest, type SpeechStreamEvent } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { AudioEncoder } from '../../pipeline/audio-encode/create-audio-encoder.ts';
import type { SpeakEvent } from '../../pipeline/request.ts';
import { modelHeader } from '../answer-headers.ts';
import type { AppDeps } from '../app-deps.ts';
import { sendBytes } from '../binary-stream.ts';
import { EventStream, sendEvents } from '../event-stream.ts';
import { parse } from '../parse.ts';
import { jsonOf } from '../request-body.ts';
import { signalOf } from '../signal-of.ts';

const DONE = {
  type: 'speech.audio.done',
  usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
} satisfies SpeechStreamEvent;

/** Speech. */
export function mountSpeech(app: FastifyInstance, deps: AppDeps): void {
  app.post('/v1/audio/speech', async (request, reply) => {
    const wanted = parse(SpeechRequest, jsonOf(request));
    const encoder = await deps.createAudioEncoder(wanted.response_format);
    const voice = typeof wanted.voice === 'string' ? wanted.voice : wanted.voice.id;
    const spoken = deps.speak({ model: wanted.model, text: wanted.input, voice, speed: wanted.speed }, signalOf(reply));
    const log = deps.log.child({ requestId: request.id });
    let model: string | null = null;
    const chunks = encoded(spoken, encoder, (started) => (model = started));
    if (wanted.stream_format === 'audio') {
      const headers = (): Record<string, string> => ({ ...modelHeader(model), 'content-type': encoder.contentType });
      await sendBytes(reply, chunks, { headers, log, clock: deps.clock });
      return reply;
    }
    const stream = new EventStream(reply, { clock: deps.clock, log, headers: () => modelHeader(model) });
    await sendEvents(stream, withEnd(chunks), (chunk) =>
      stream.send(JSON.stringify(chunk === null ? DONE : delta(chunk))),
    );
    return reply;
  });
}

/** The answer's bytes. The model's name is told before the first of them. */
async function* encoded(
  events: AsyncIterable<SpeakEvent>,
  encoder: AudioEncoder,
  onStart: (model: string) => void,
): AsyncGenerator<Uint8Array> {
  let finished = false;
  const finish = (): Uint8Array => {
    finished = true;
    return encoder.finish();
  };
  try {
    for await (const event of events) {
      if (event.kind === 'start') onStart(event.model);
      else {
        const bytes = encoder.push(event.samples, event.sampleRate);
        if (bytes.length > 0) yield bytes;
      }
    }
    const last = finish();
    if (last.length > 0) yield last;
  } finally {
    // The codecs' own memory, out of the garbage collector's reach, is given back when they finish.
    if (!finished) finish();
  }
}

async function* withEnd<T>(items: AsyncIterable<T>): AsyncGenerator<T | null> {
  yield* items;
  yield null;
}

function delta(bytes: Uint8Array): SpeechStreamEvent {
  return { type: 'speech.audio.delta', audio: Buffer.from(bytes).toString('base64') };
}
