import type { RealtimeAudioFormat } from '@concert/protocol';
import type { AnswerSettings, SessionSettings, TurnSettings } from './session-settings.ts';

/** Which version of the API a client speaks: today's, or the first one, which had other names. */
export type ApiShape = 'ga' | 'beta';

const TYPES = {
  pcm16: { type: 'audio/pcm', rate: 24_000 },
  g711_ulaw: { type: 'audio/pcmu' },
  g711_alaw: { type: 'audio/pcma' },
} as const satisfies Record<RealtimeAudioFormat, object>;

/** The session as its client sees it. */
export function renderSession(id: string, settings: SessionSettings, shape: ApiShape): object {
  return shape === 'ga' ? renderToday(id, settings) : renderFirst(id, settings);
}

function renderToday(id: string, settings: SessionSettings): object {
  const { purpose, transcription, turns } = settings;
  const input = {
    format: TYPES[settings.inputFormat],
    transcription,
    noise_reduction: null,
    turn_detection: turns === null ? null : renderTurns(turns),
  };
  if (purpose === 'transcription')
    return { type: purpose, object: 'realtime.transcription_session', id, audio: { input }, include: null };
  return {
    type: purpose,
    object: 'realtime.session',
    id,
    model: settings.model,
    output_modalities: modalitiesOf(settings, 'ga'),
    instructions: settings.instructions,
    tools: renderTools(settings),
    tool_choice: renderToolChoice(settings),
    max_output_tokens: settings.maxTokens ?? 'inf',
    tracing: null,
    truncation: 'auto',
    prompt: null,
    include: null,
    audio: { input, output: renderOutput(settings) },
    ...(settings.temperature !== null && { temperature: settings.temperature }),
  };
}

function renderFirst(id: string, settings: SessionSettings): object {
  const { purpose, transcription, turns } = settings;
  const input = {
    input_audio_format: settings.inputFormat,
    input_audio_transcription: transcription,
    input_audio_noise_reduction: null,
    turn_detection: turns === null ? null : renderTurns(turns),
  };
  if (purpose === 'transcription') return { id, object: 'realtime.transcription_session', ...input };
  return {
    id,
    object: 'realtime.session',
    model: settings.model,
    modalities: modalitiesOf(settings, 'beta'),
    instructions: settings.instructions,
    voice: settings.voice,
    speed: settings.speed,
    output_audio_format: settings.outputFormat,
    ...input,
    tools: renderTools(settings),
    tool_choice: renderToolChoice(settings),
    temperature: settings.temperature ?? 0.8,
    max_response_output_tokens: settings.maxTokens ?? 'inf',
    tracing: null,
  };
}

/** Both versions name what is spoken; the first one counted the transcript as well. */
export function modalitiesOf({ speaks }: AnswerSettings, shape: ApiShape): readonly string[] {
  if (!speaks) return ['text'];
  return shape === 'ga' ? ['audio'] : ['text', 'audio'];
}

/** The sound of an answer, in today's shape. */
export function renderOutput(settings: AnswerSettings): object {
  return { format: TYPES[settings.outputFormat], voice: settings.voice, speed: settings.speed };
}

function renderTurns(turns: TurnSettings): object {
  return {
    type: 'server_vad',
    threshold: turns.threshold,
    prefix_padding_ms: turns.prefixMs,
    silence_duration_ms: turns.silenceMs,
    idle_timeout_ms: turns.idleTimeoutMs,
    create_response: turns.createsResponse,
    interrupt_response: turns.interruptsResponse,
  };
}

function renderTools({ tools }: AnswerSettings): object[] {
  return tools.map(({ name, description, parameters }) => ({ type: 'function', name, description, parameters }));
}

function renderToolChoice({ toolChoice }: AnswerSettings): unknown {
  return typeof toolChoice === 'string' ? toolChoice : { type: 'function', name: toolChoice.name };
}
