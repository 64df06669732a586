import {
  type Transcription,
  TranscriptionRequest,
  type TranscriptionStreamEvent,
  TranslationRequest,
  type VerboseTranscription,
} from '@concert/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkAudio } from '../../pipeline/media/check-media.ts';
import type { TranscribeEvent, TranscribeInput } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { modelHeader, serverTiming } from '../answer-headers.ts';
import type { AppDeps } from '../app-deps.ts';
import { type Demand, toDemand } from '../demand.ts';
import { EventStream, type EventStreamOptions, sendEvents } from '../event-stream.ts';
import type { Flight, Flights } from '../flight.ts';
import { ignoredNotice } from '../ignored-notice.ts';
import { parse } from '../parse.ts';
import type { Form } from '../read-form.ts';
import { formOf } from '../request-body.ts';
import { answerWhenReady } from '../slow-answer.ts';
import {
  joint,
  type Segment,
  toSrt,
  toVerbose,
  toVtt,
  type Transcript,
  transcriptText,
  type VerboseOptions,
} from '../transcript.ts';

const LISTS = ['timestamp_granularities', 'include'];

/** Transcriptions and translations. */
export function mountTranscriptions(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  app.post('/v1/audio/transcriptions', async (request, reply) => {
    const form = formOf(request);
    const wanted = parse(TranscriptionRequest, fieldsOf(form));
    refuseUnbuilt(wanted);
    const input: TranscribeInput = {
      model: wanted.model,
      audio: recordingOf(form),
      language: wanted.language?.split('-')[0]?.toLowerCase() ?? null,
      mode: 'transcribe',
      words: wanted.timestamp_granularities.includes('word'),
    };
    const { stream } = wanted;
    void reply.headers(ignoredIn(wanted));
    const flight = flights.begin(request, reply, { model: wanted.model, stream, demand: demandOf(wanted) });
    const events = watched(deps.transcribe(input, flight.signal, flight), flight, deps);
    const { response_format: format, timestamp_granularities: granularities } = wanted;
    if (!stream) return sendTranscript(deps, { request, reply, events, format, task: 'transcribe', granularities });
    await streamTranscript(reply, events, { clock: deps.clock, log: deps.log.child({ requestId: request.id }) });
    return reply;
  });

  app.post('/v1/audio/translations', async (request, reply) => {
    const form = formOf(request);
    const wanted = parse(TranslationRequest, fieldsOf(form));
    const input: TranscribeInput = { model: wanted.model, audio: recordingOf(form), language: null, mode: 'translate' };
    void reply.headers(ignoredIn(wanted));
    const flight = flights.begin(request, reply, { model: wanted.model, stream: false, demand: demandOf(wanted) });
    const events = watched(deps.transcribe(input, flight.signal, flight), flight, deps);
    const format = wanted.response_format;
    return sendTranscript(deps, { request, reply, events, format, task: 'translate', granularities: [] });
  });
}

/** What Whisper could do with them is not done here: decoding is greedy, and begins with the sound alone. */
function ignoredIn(wanted: Partial<TranscriptionRequest>): Record<string, string> {
  const { prompt, temperature, chunking_strategy } = wanted;
  return ignoredNotice({
    prompt: prompt === '' ? null : prompt,
    temperature: temperature === 0 ? null : temperature,
    chunking_strategy: chunking_strategy === 'auto' ? null : chunking_strategy,
  });
}

/** SDKs write the fields of an object in a form as `concert[priority]`. */
function demandOf(fields: TranslationRequest): Demand {
  return toDemand({ ...fields, priority: fields['concert[priority]'], session: fields['concert[session]'] });
}

/** Passes events on and tells the request's list and metrics of them. */
async function* watched(
  events: AsyncIterable<TranscribeEvent>,
  flight: Flight,
  { clock }: Pick<AppDeps, 'clock'>,
): AsyncGenerator<TranscribeEvent> {
  const startedMs = clock.now();
  flight.stepStarted('asr');
  for await (const event of events) {
    if (event.kind === 'start') flight.answeredBy(event.model);
    else if (event.kind === 'segment') flight.countPiece();
    yield event;
  }
  flight.stepEnded('asr', flight.answering ?? '', clock.now() - startedMs);
}

/** Fields as an object; `name[]` and the names of lists become arrays. The last one of others counts. */
function fieldsOf(form: Form): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    [...form.fields].map(([key, values]) => {
      const name = key.replace(/\[\]$/, '');
      return [name, LISTS.includes(name) ? values : (values.at(-1) ?? '')];
    }),
  );
}

function refuseUnbuilt(wanted: TranscriptionRequest): void {
  const refuse = (param: string, sentence: string): never => {
    throw new GatewayError('unsupported_value', `${param}: ${sentence}`, { param });
  };
  if (wanted.timestamp_granularities.includes('word') && wanted.response_format !== 'verbose_json') {
    refuse('timestamp_granularities', 'the times of words stand in verbose_json alone; ask for that response_format');
  }
  if (wanted.include.length > 0) refuse('include', 'log probabilities are not returned; leave include out');
  if (wanted.stream && wanted.response_format !== 'json' && wanted.response_format !== 'text') {
    refuse(
      'response_format',
      `a stream carries text only; ask for json, or for ${wanted.response_format} without stream`,
    );
  }
}

function recordingOf(form: Form): Uint8Array {
  const files = form.files.get('file');
  const [file] = files ?? [];
  if (file === undefined)
    throw new GatewayError('invalid_request', 'file is missing; send the recording as a form file', { param: 'file' });
  return checkAudio(file, 'file').bytes;
}

type Format = TranscriptionRequest['response_format'];

interface WantedTranscript extends VerboseOptions {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly events: AsyncIterable<TranscribeEvent>;
  readonly format: Format;
}

async function sendTranscript(deps: AppDeps, wanted: WantedTranscript): Promise<unknown> {
  const { reply, format } = wanted;
  const transcript = collect(wanted, deps);
  switch (format) {
    case 'json':
    case 'verbose_json': {
      const body = transcript.then((found): Transcription | VerboseTranscription =>
        format === 'json'
          ? { text: transcriptText(found.segments), usage: { type: 'duration', seconds: found.durationSeconds } }
          : toVerbose(found, wanted),
      );
      return answerWhenReady(reply, body, { clock: deps.clock, log: deps.log.child({ requestId: wanted.request.id }) });
    }
    case 'text':
      return reply.type('text/plain; charset=utf-8').send(`${transcriptText((await transcript).segments)}\n`);
    case 'srt':
      return reply.type('application/x-subrip; charset=utf-8').send(toSrt((await transcript).segments));
    case 'vtt':
      return reply.type('text/vtt; charset=utf-8').send(toVtt((await transcript).segments));
    default:
      return format satisfies never;
  }
}

async function collect({ reply, events }: WantedTranscript, { clock }: AppDeps): Promise<Transcript> {
  const startedMs = clock.now();
  const segments: Segment[] = [];
  let model: string | null = null;
  let durationSeconds = 0;
  let language: string | null = null;
  for await (const event of events) {
    if (event.kind === 'start') void reply.headers(modelHeader((model = event.model)));
    else if (event.kind === 'audio') durationSeconds = event.durationSeconds;
    else if (event.kind === 'segment') segments.push(event);
    else language = event.language;
  }
  const step = { step: 'asr', model: model ?? '', startMs: 0, durationMs: clock.now() - startedMs } as const;
  void reply.headers(serverTiming([step]));
  return { durationSeconds, language, segments };
}

async function streamTranscript(
  reply: FastifyReply,
  events: AsyncIterable<TranscribeEvent>,
  options: Omit<EventStreamOptions, 'headers'>,
): Promise<void> {
  let model: string | null = null;
  let text = '';
  let seconds = 0;
  const stream = new EventStream(reply, { ...options, headers: () => modelHeader(model) });
  const send = (event: TranscriptionStreamEvent): void => stream.send(JSON.stringify(event));
  await sendEvents(stream, events, (event) => {
    switch (event.kind) {
      case 'start':
        model = event.model;
        break;
      case 'audio':
        seconds = event.durationSeconds;
        break;
      case 'segment': {
        const next = event.text.trim();
        const delta = joint(text, next) + next;
        text += delta;
        if (delta !== '') send({ type: 'transcript.text.delta', delta });
        break;
      }
      case 'finish':
        send({ type: 'transcript.text.done', text, usage: { type: 'duration', seconds } });
        break;
      default:
        event satisfies never;
    }
  });
}
