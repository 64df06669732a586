import { SpeechRequest, type SpeechStreamEvent } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { AudioEncoder } from '../../pipeline/audio-encode/create-audio-encoder.ts';
import type { SpeakEvent } from '../../pipeline/request.ts';
import { modelHeader } from '../answer-headers.ts';
import type { AppDeps } from '../app-deps.ts';
import { sendBytes } from '../binary-stream.ts';
import { toDemand } from '../demand.ts';
import { EventStream, sendEvents } from '../event-stream.ts';
import type { Flights } from '../flight.ts';
import { ignoredNotice } from '../ignored-notice.ts';
import { parse } from '../parse.ts';
import { jsonOf } from '../request-body.ts';

const DONE = {
  type: 'speech.audio.done',
  usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
} satisfies SpeechStreamEvent;

/** Speech. */
export function mountSpeech(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  app.post('/v1/audio/speech', async (request, reply) => {
    const wanted = parse(SpeechRequest, jsonOf(request));
    const encoder = await deps.createAudioEncoder(wanted.response_format);
    const voice = typeof wanted.voice === 'string' ? wanted.voice : wanted.voice.id;
    const { model: asked, stream_format: format, concert } = wanted;
    const demand = toDemand({ ...concert, keep_alive: wanted.keep_alive });
    const flight = flights.begin(request, reply, { model: asked, stream: format === 'sse', demand });
    const input = { model: asked, text: wanted.input, voice, speed: wanted.speed };
    void reply.headers(ignoredNotice({ instructions: wanted.instructions }));
    const spoken = deps.speak(input, flight.signal, flight);
    const log = deps.log.child({ requestId: request.id });
    let model: string | null = null;
    const startedMs = deps.clock.now();
    flight.stepStarted('tts');
    const chunks = encoded(spoken, encoder, {
      start: (started) => flight.answeredBy((model = started)),
      piece: () => flight.countPiece(),
      end: () => flight.stepEnded('tts', flight.answering ?? '', deps.clock.now() - startedMs),
    });
    if (format === 'audio') {
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

/** The answer's bytes. Tells the model's name before the first of them, of each piece of sound, and of the end. */
async function* encoded(
  events: AsyncIterable<SpeakEvent>,
  encoder: AudioEncoder,
  tell: { readonly start: (model: string) => void; readonly piece: () => void; readonly end: () => void },
): AsyncGenerator<Uint8Array> {
  let finished = false;
  const finish = (): Uint8Array => {
    finished = true;
    return encoder.finish();
  };
  try {
    for await (const event of events) {
      if (event.kind === 'start') tell.start(event.model);
      else {
        tell.piece();
        const bytes = encoder.push(event.samples, event.sampleRate);
        if (bytes.length > 0) yield bytes;
      }
    }
    tell.end();
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
