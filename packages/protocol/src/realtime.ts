import { z } from 'zod';

const text = z.string().nullish();
const modalities = z
  .array(z.enum(['text', 'audio']))
  .min(1)
  .nullish();
const maxTokens = z.union([z.int().min(1), z.literal('inf')]).nullish();
const temperature = z.number().min(0).max(2).nullish();
const voice = z.union([z.string().min(1), z.object({ id: z.string().min(1) })]).nullish();

/** The formats by their names in the first version of the API. */
export const RealtimeAudioFormat = z.enum(['pcm16', 'g711_ulaw', 'g711_alaw']).meta({ id: 'RealtimeAudioFormat' });
export type RealtimeAudioFormat = z.infer<typeof RealtimeAudioFormat>;

const flatFormat = RealtimeAudioFormat.nullish();
const format = z
  .union([
    RealtimeAudioFormat,
    z.object({
      type: z.enum(['audio/pcm', 'audio/pcmu', 'audio/pcma']),
      rate: z.literal(24_000).nullish().describe('Of PCM; G.711 has 8,000 samples a second.'),
    }),
  ])
  .nullish();

const transcription = z.object({ model: text, language: text, prompt: text }).nullish();

const turnDetection = z
  .object({
    type: z.enum(['server_vad', 'semantic_vad']).nullish(),
    threshold: z.number().min(0).max(1).nullish(),
    prefix_padding_ms: z.int().min(0).max(10_000).nullish(),
    silence_duration_ms: z.int().min(32).max(10_000).nullish(),
    create_response: z.boolean().nullish(),
    interrupt_response: z.boolean().nullish(),
    idle_timeout_ms: z.int().min(1_000).max(600_000).nullish(),
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).nullish(),
  })
  .nullish();

const tools = z
  .array(
    z.object({
      type: z.string(),
      name: text,
      description: text,
      parameters: z.record(z.string(), z.unknown()).nullish(),
    }),
  )
  .max(128)
  .nullish();

const toolChoice = z
  .union([
    z.enum(['none', 'auto', 'required']),
    z.object({ type: z.string(), name: text, function: z.object({ name: z.string() }).nullish() }),
  ])
  .nullish();

const audioOutput = z.object({ format, voice, speed: z.number().min(0.25).max(4).nullish() }).nullish();

/** What a session and a single response both can set. */
const answering = {
  instructions: text,
  output_modalities: modalities,
  modalities,
  output_audio_format: flatFormat,
  voice,
  tools,
  tool_choice: toolChoice,
  parallel_tool_calls: z.boolean().nullish(),
  temperature,
  max_output_tokens: maxTokens,
  max_response_output_tokens: maxTokens,
  prompt: z.unknown().optional(),
};

/** A session's settings, in the nested shape of today's API or the flat one of its first version; both are taken everywhere. */
export const RealtimeSessionSettings = z
  .object({
    ...answering,
    type: z.enum(['realtime', 'transcription']).nullish(),
    model: text,
    audio: z
      .object({
        input: z
          .object({ format, transcription, turn_detection: turnDetection, noise_reduction: z.unknown().optional() })
          .nullish(),
        output: audioOutput,
      })
      .nullish(),
    input_audio_format: flatFormat,
    input_audio_transcription: transcription,
    turn_detection: turnDetection,
    speed: z.number().min(0.25).max(4).nullish(),
  })
  .meta({ id: 'RealtimeSessionSettings' });
export type RealtimeSessionSettings = z.infer<typeof RealtimeSessionSettings>;

const itemBase = {
  id: z.string().min(1).max(64).nullish(),
  object: z.unknown().optional(),
  status: z.unknown().optional(),
};

const messagePart = z.object({
  type: z.enum(['input_text', 'input_audio', 'input_image', 'output_text', 'output_audio', 'text', 'audio']),
  text,
  audio: text,
  transcript: text,
  image_url: text,
});

/** An item as clients create it. */
export const RealtimeItem = z
  .discriminatedUnion('type', [
    z.object({
      ...itemBase,
      type: z.literal('message'),
      role: z.enum(['system', 'user', 'assistant']),
      content: z.array(messagePart).min(1).max(100),
    }),
    z.object({
      ...itemBase,
      type: z.literal('function_call'),
      call_id: z.string().min(1).max(200).nullish(),
      name: z.string().min(1),
      arguments: z.string(),
    }),
    z.object({
      ...itemBase,
      type: z.literal('function_call_output'),
      call_id: z.string().min(1).max(200),
      output: z.string(),
    }),
  ])
  .meta({ id: 'RealtimeItem' });
export type RealtimeItem = z.infer<typeof RealtimeItem>;

/** What one response does otherwise than its session. */
export const RealtimeResponseSettings = z
  .object({
    ...answering,
    audio: z.object({ output: audioOutput }).nullish(),
    conversation: z.enum(['auto', 'none']).nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    input: z.array(z.union([z.object({ type: z.literal('item_reference'), id: z.string() }), RealtimeItem])).nullish(),
  })
  .meta({ id: 'RealtimeResponseSettings' });
export type RealtimeResponseSettings = z.infer<typeof RealtimeResponseSettings>;

const eventId = { event_id: z.string().max(512).nullish() };
const itemId = z.string().min(1);

/** What a client may send over `WS /v1/realtime`. */
export const RealtimeClientEvent = z
  .discriminatedUnion('type', [
    z.object({
      ...eventId,
      type: z.enum(['session.update', 'transcription_session.update']),
      session: RealtimeSessionSettings,
    }),
    z.object({ ...eventId, type: z.literal('input_audio_buffer.append'), audio: z.string() }),
    z.object({ ...eventId, type: z.literal('input_audio_buffer.commit') }),
    z.object({ ...eventId, type: z.literal('input_audio_buffer.clear') }),
    z.object({
      ...eventId,
      type: z.literal('conversation.item.create'),
      previous_item_id: text,
      item: RealtimeItem,
    }),
    z.object({ ...eventId, type: z.literal('conversation.item.retrieve'), item_id: itemId }),
    z.object({
      ...eventId,
      type: z.literal('conversation.item.truncate'),
      item_id: itemId,
      content_index: z.int().min(0),
      audio_end_ms: z.int().min(0),
    }),
    z.object({ ...eventId, type: z.literal('conversation.item.delete'), item_id: itemId }),
    z.object({ ...eventId, type: z.literal('response.create'), response: RealtimeResponseSettings.nullish() }),
    z.object({ ...eventId, type: z.literal('response.cancel'), response_id: text }),
    z
      .object({ ...eventId, type: z.literal('output_audio_buffer.clear') })
      .describe('Means something over WebRTC alone, and is taken.'),
  ])
  .meta({ id: 'RealtimeClientEvent' });
export type RealtimeClientEvent = z.infer<typeof RealtimeClientEvent>;
