import type { AnswerEvent, ChatInput } from '../../pipeline/request.ts';
import type { RealtimeClientEvent } from '@concert/protocol';
import type { GatewayError } from '../../shared/errors.ts';
import type { ServerEvent } from './server-event.ts';
import type { SessionSettings } from './session-settings.ts';

/** What happens to a session. */
export type SessionInput =
  | { readonly kind: 'client'; readonly event: RealtimeClientEvent }
  /** Of the stream that a `detect` named: a score for each 32 ms. */
  | { readonly kind: 'scores'; readonly stream: number; readonly scores: Float32Array }
  | { readonly kind: 'detector-failed'; readonly stream: number; readonly error: GatewayError }
  | { readonly kind: 'heard-more'; readonly id: string; readonly text: string }
  | { readonly kind: 'heard'; readonly id: string }
  | { readonly kind: 'not-heard'; readonly id: string; readonly error: GatewayError }
  | { readonly kind: 'answer-event'; readonly id: string; readonly event: AnswerEvent }
  | { readonly kind: 'answered'; readonly id: string }
  | { readonly kind: 'not-answered'; readonly id: string; readonly error: GatewayError }
  /** The time that a `wake` asked for is over. */
  | { readonly kind: 'woken' };

/** What a session wants done. */
export type Effect =
  | { readonly kind: 'send'; readonly event: ServerEvent }
  /** Score this sound: mono, 16,000 samples a second. The scores come back in order. */
  | { readonly kind: 'detect'; readonly stream: number; readonly samples: Float32Array }
  /** Write down this WAV file. */
  | {
      readonly kind: 'transcribe';
      readonly id: string;
      readonly audio: Uint8Array;
      readonly model: string;
      readonly language: string | null;
    }
  | { readonly kind: 'stop-transcribing'; readonly id: string }
  | { readonly kind: 'answer'; readonly id: string; readonly input: ChatInput }
  | { readonly kind: 'stop-answering'; readonly id: string }
  /** Other models may be needed from now on. */
  | { readonly kind: 'settings'; readonly settings: SessionSettings }
  /** The models will be needed soon. */
  | { readonly kind: 'warm' }
  /** Wake the session after so long, and no longer at an earlier time; null: not at all. */
  | { readonly kind: 'wake'; readonly ms: number | null };

/** Takes an effect, in order. */
export type Emit = (effect: Effect) => void;
