import { z } from 'zod';

const TextPart = z.object({ type: z.literal('text'), text: z.string() });
const ImagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.object({
    url: z.string().min(1).describe('A data URI, or an http or https address.'),
    detail: z.string().nullish().describe('Taken and not used: pictures are read whole.'),
  }),
});
const AudioPart = z.object({
  type: z.literal('input_audio'),
  input_audio: z.object({
    data: z.string().min(1).describe('Base64 of an encoded audio file.'),
    format: z
      .string()
      .nullish()
      .describe('A hint only: the bytes decide. But `pcm16` says that they are bare samples, mono, little-endian.'),
    sample_rate: z.int().min(4000).max(384_000).nullish().describe('Of `pcm16`; 24000 by default.'),
  }),
});
const FilePart = z.object({
  type: z.literal('file'),
  file: z.object({
    file_data: z
      .string()
      .min(1)
      .nullish()
      .describe('The file as a data URI or base64: text, JSON, a picture or a recording.'),
    filename: z.string().nullish(),
    file_id: z.string().nullish().describe('Refused: files are not kept.'),
  }),
});
const RefusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });

const name = z.string().nullish();
const text = z.string().nullish();
const textContent = z.union([z.string(), z.array(TextPart).min(1)]);

/** A piece of a user's message. */
export const ContentPart = z
  .discriminatedUnion('type', [TextPart, ImagePart, AudioPart, FilePart])
  .meta({ id: 'ContentPart' });
export type ContentPart = z.infer<typeof ContentPart>;

const FunctionCall = z.object({
  name: z.string().min(1),
  arguments: z.string().describe('JSON, as the model wrote it.'),
});

/** What the model asked to be run. */
export const MessageToolCall = z
  .object({ id: z.string().min(1), type: z.literal('function').nullish(), function: FunctionCall })
  .meta({ id: 'MessageToolCall' });
export type MessageToolCall = z.infer<typeof MessageToolCall>;

const UserMessage = z.object({
  role: z.literal('user'),
  content: z.union([z.string(), z.array(ContentPart).min(1)]),
  name,
});
const AssistantMessage = z.object({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [TextPart, RefusalPart]))]).nullish(),
  refusal: text,
  reasoning_content: text.describe('What it thought before this answer.'),
  reasoning: text.describe('The same, in other clients’ words.'),
  audio: z
    .object({ id: z.string().nullish(), transcript: text })
    .nullish()
    .describe('A spoken answer, sent back whole: its transcript stands for it.'),
  tool_calls: z.array(MessageToolCall).nullish(),
  function_call: FunctionCall.nullish().describe('The form before tools.'),
  name,
});

/** One turn of a conversation. */
export const ChatMessage = z
  .discriminatedUnion('role', [
    z.object({ role: z.literal('system'), content: textContent, name }),
    z.object({ role: z.literal('developer'), content: textContent, name }),
    UserMessage,
    AssistantMessage,
    z.object({
      role: z.literal('tool'),
      content: z
        .union([z.string(), z.array(ContentPart).min(1)])
        .describe('Pictures, too: a tool may answer with a screenshot.'),
      tool_call_id: z.string().min(1).describe('The call of an earlier turn that this answers.'),
    }),
    z
      .object({ role: z.literal('function'), content: z.string().nullish(), name: z.string().min(1) })
      .describe('The form before tools: it answers the last call.'),
  ])
  .meta({ id: 'ChatMessage' });
export type ChatMessage = z.infer<typeof ChatMessage>;
