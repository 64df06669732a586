import { ERRORS, type GatewayError } from '../../shared/errors.ts';
import type { ApiShape } from './render-session.ts';

/** Where in a response something happens. */
interface InResponse {
  readonly response_id: string;
  readonly output_index: number;
  readonly item_id: string;
}
interface InContent extends InResponse {
  readonly content_index: number;
}
interface InItem {
  readonly item_id: string;
  readonly content_index: number;
}
interface WithItem {
  readonly item: object;
  readonly previous_item_id?: string | null;
}
interface Part {
  readonly type: 'text' | 'audio';
  readonly text?: string;
  readonly transcript?: string;
}

/** What the server says, in today's shape and without its id. */
export type ServerEvent =
  | { readonly type: 'session.created' | 'session.updated'; readonly session: object }
  | { readonly type: 'conversation.created'; readonly conversation: object }
  | { readonly type: 'error'; readonly error: RealtimeErrorBody }
  | ({ readonly type: 'conversation.item.added' | 'conversation.item.done' } & WithItem)
  | { readonly type: 'conversation.item.retrieved'; readonly item: object }
  | { readonly type: 'conversation.item.deleted'; readonly item_id: string }
  | ({ readonly type: 'conversation.item.truncated'; readonly audio_end_ms: number } & InItem)
  | ({ readonly type: `conversation.item.input_audio_transcription.delta`; readonly delta: string } & InItem)
  | ({
      readonly type: `conversation.item.input_audio_transcription.completed`;
      readonly transcript: string;
      readonly usage: { readonly type: 'duration'; readonly seconds: number };
    } & InItem)
  | ({
      readonly type: `conversation.item.input_audio_transcription.failed`;
      readonly error: Omit<RealtimeErrorBody, 'event_id'>;
    } & InItem)
  | {
      readonly type: 'input_audio_buffer.committed';
      readonly item_id: string;
      readonly previous_item_id: string | null;
    }
  | { readonly type: 'input_audio_buffer.cleared' }
  | {
      readonly type: 'input_audio_buffer.speech_started';
      readonly audio_start_ms: number;
      readonly item_id: string;
    }
  | { readonly type: 'input_audio_buffer.speech_stopped'; readonly audio_end_ms: number; readonly item_id: string }
  | {
      readonly type: 'input_audio_buffer.timeout_triggered';
      readonly audio_start_ms: number;
      readonly audio_end_ms: number;
      readonly item_id: string;
    }
  | { readonly type: 'response.created' | 'response.done'; readonly response: object }
  | {
      readonly type: 'response.output_item.added' | 'response.output_item.done';
      readonly response_id: string;
      readonly output_index: number;
      readonly item: object;
    }
  | ({ readonly type: 'response.content_part.added' | 'response.content_part.done'; readonly part: Part } & InContent)
  | ({
      readonly type:
        'response.output_text.delta' | 'response.output_audio.delta' | 'response.output_audio_transcript.delta';
      readonly delta: string;
    } & InContent)
  | ({ readonly type: 'response.output_text.done'; readonly text: string } & InContent)
  | ({ readonly type: 'response.output_audio.done' } & InContent)
  | ({ readonly type: 'response.output_audio_transcript.done'; readonly transcript: string } & InContent)
  | ({
      readonly type: 'response.function_call_arguments.delta';
      readonly call_id: string;
      readonly delta: string;
    } & InResponse)
  | ({
      readonly type: 'response.function_call_arguments.done';
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    } & InResponse);

/** OpenAI's error in an event. */
interface RealtimeErrorBody {
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  /** Of the client's event that caused it. */
  readonly event_id: string | null;
}

/** The body of an error that a client's event caused, or none. */
export function errorOf(error: GatewayError, eventId: string | null): RealtimeErrorBody {
  const { code, message, param } = error;
  return { type: ERRORS[code].type, code, message, param, event_id: eventId };
}

/** How the events of answers were called in the first version of the API. */
const FIRST_NAMES: Readonly<Partial<Record<ServerEvent['type'], string>>> = {
  'conversation.item.added': 'conversation.item.created',
  'response.output_text.delta': 'response.text.delta',
  'response.output_text.done': 'response.text.done',
  'response.output_audio.delta': 'response.audio.delta',
  'response.output_audio.done': 'response.audio.done',
  'response.output_audio_transcript.delta': 'response.audio_transcript.delta',
  'response.output_audio_transcript.done': 'response.audio_transcript.done',
};

/** The event as it is sent; null where the client's version of the API has no such event. */
export function toWire(event: ServerEvent, shape: ApiShape, eventId: string): object | null {
  const { type, ...rest } = event;
  if (shape === 'ga') return { type, event_id: eventId, ...rest };
  if (type === 'conversation.item.done') return null;
  return { type: FIRST_NAMES[type] ?? type, event_id: eventId, ...rest };
}
