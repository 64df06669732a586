import {
  type Transcription,
  TranscriptionRequest,
  type TranscriptionStreamEvent,
  TranslationRequest,
} from '@concert/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { checkAudio } from '../../pipeline/media/check-media.ts';
import type { TranscribeEvent, TranscribeInput } from '../../pipeline/request.ts';
import type { Clock } from '../../shared/clock.ts';
import { GatewayError } from '../../shared/errors.ts';
import { modelHeader, serverTiming } from '../answer-headers.ts';
import type { AppDeps } from '../app-deps.ts';
import { EventStream, type EventStreamOptions, sendEvents } from '../event-stream.ts';
import { parse } from '../parse.ts';
import type { Form } from '../read-form.ts';
import { formOf } from '../request-body.ts';
import { signalOf } from '../signal-of.ts';
import { joint, type Segment, toSrt, toVerbose, toVtt, type Transcript, transcriptText } from '../transcript.ts';

const LISTS = ['timestamp_granularities', 'include'];

/** Transcriptions and translations. */
export function mountTranscriptions(app: FastifyInstance, deps: AppDeps): void {
  app.post('/v1/audio/transcriptions', async (request, reply) => {
    const form = formOf(request);
    const wanted = parse(TranscriptionRequest, fieldsOf(form));
    refuseUnbuilt(wanted);
    const input: TranscribeInput = {
      model: wanted.model,
      audio: recordingOf(form),
      language: wanted.language?.split('-')[0]?.toLowerCase() ?? null,
      mode: 'transcribe',
    };
    const events = deps.transcribe(input, signalOf(reply));
    if (!wanted.stream)
      return sendTranscript(reply, await collect(reply, events, deps.clock), { ...wanted, task: 'transcribe' });
    await streamTranscript(reply, events, { clock: deps.clock, log: deps.log.child({ requestId: request.id }) });
    return reply;
  });

  app.post('/v1/audio/translations', async (request, reply) => {
    const form = formOf(request);
    const wanted = parse(TranslationRequest, fieldsOf(form));
    const input: TranscribeInput = { model: wanted.model, audio: recordingOf(form), language: null, mode: 'translate' };
    const transcript = await collect(reply, deps.transcribe(input, signalOf(reply)), deps.clock);
    return sendTranscript(reply, transcript, { ...wanted, task: 'translate' });
  });
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
  if (wanted.timestamp_granularities.includes('word'))
    refuse('timestamp_granularities', 'only segments have times; ask for segment');
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

async function collect(reply: FastifyReply, events: AsyncIterable<TranscribeEvent>, clock: Clock): Promise<Transcript> {
  const startedMs = clock.now();
  const segments: Segment[] = [];
  let model: string | null = null;
  let durationSeconds = 0;
  let language: string | null = null;
  for await (const event of events) {
    if (event.kind === 'start') model = event.model;
    else if (event.kind === 'audio') durationSeconds = event.durationSeconds;
    else if (event.kind === 'segment') segments.push(event);
    else language = event.language;
  }
  const step = { step: 'asr', model: model ?? '', startMs: 0, durationMs: clock.now() - startedMs } as const;
  void reply.headers({ ...modelHeader(model), ...serverTiming([step]) });
  return { durationSeconds, language, segments };
}

async function sendTranscript(
  reply: FastifyReply,
  transcript: Transcript,
  options: {
    readonly response_format: TranscriptionRequest['response_format'];
    readonly task: 'transcribe' | 'translate';
  },
): Promise<FastifyReply> {
  const { segments, durationSeconds } = transcript;
  const text = transcriptText(segments);
  switch (options.response_format) {
    case 'json':
      return reply.send({ text, usage: { type: 'duration', seconds: durationSeconds } } satisfies Transcription);
    case 'verbose_json':
      return reply.send(toVerbose(transcript, options.task));
    case 'text':
      return reply.type('text/plain; charset=utf-8').send(`${text}\n`);
    case 'srt':
      return reply.type('application/x-subrip; charset=utf-8').send(toSrt(segments));
    case 'vtt':
      return reply.type('text/vtt; charset=utf-8').send(toVtt(segments));
    default:
      return options.response_format satisfies never;
  }
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
