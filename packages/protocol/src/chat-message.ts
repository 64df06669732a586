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
    format: z.string().nullish().describe('A hint only: the bytes decide.'),
  }),
});
const FilePart = z.object({ type: z.literal('file'), file: z.record(z.string(), z.unknown()) });
const RefusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });

const name = z.string().nullish();
const textContent = z.union([z.string(), z.array(TextPart).min(1)]);

/** A piece of a user's message. */
export const ContentPart = z
  .discriminatedUnion('type', [TextPart, ImagePart, AudioPart, FilePart])
  .meta({ id: 'ContentPart' });
export type ContentPart = z.infer<typeof ContentPart>;

const UserMessage = z.object({
  role: z.literal('user'),
  content: z.union([z.string(), z.array(ContentPart).min(1)]),
  name,
});
const AssistantMessage = z.object({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [TextPart, RefusalPart]))]).nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z.array(z.record(z.string(), z.unknown())).nullish(),
  name,
});

/** One turn of a conversation. */
export const ChatMessage = z
  .discriminatedUnion('role', [
    z.object({ role: z.literal('system'), content: textContent, name }),
    z.object({ role: z.literal('developer'), content: textContent, name }),
    UserMessage,
    AssistantMessage,
    z.object({ role: z.literal('tool'), content: textContent, tool_call_id: z.string() }),
  ])
  .meta({ id: 'ChatMessage' });
export type ChatMessage = z.infer<typeof ChatMessage>;
