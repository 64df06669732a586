import { z } from 'zod';

/** Text of the system prompt. */
export const SystemBlock = z.object({ type: z.literal('text'), text: z.string() });

const TextBlock = SystemBlock;

const ImageBlock = z.object({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('base64'),
      media_type: z.string().nullish().describe('A hint only: the bytes decide.'),
      data: z.string().min(1),
    }),
    z.object({ type: z.literal('url'), url: z.string().min(1).describe('An http or https address.') }),
  ]),
});

const DocumentBlock = z.object({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), media_type: z.string().nullish(), data: z.string() }),
    z.object({
      type: z.literal('content'),
      content: z.union([z.string(), z.array(z.discriminatedUnion('type', [TextBlock, ImageBlock]))]),
    }),
    z.object({ type: z.literal('base64') }).describe('PDF; refused: send its text.'),
    z.object({ type: z.literal('url') }).describe('PDF; refused: send its text.'),
  ]),
  title: z.string().nullish(),
  context: z.string().nullish(),
});

const SearchResultBlock = z.object({
  type: z.literal('search_result'),
  source: z.string(),
  title: z.string(),
  content: z.array(TextBlock),
});

const pieces = [TextBlock, ImageBlock, DocumentBlock, SearchResultBlock] as const;

/** What a user's turn or a tool's result can hold beside results. */
export const MediaBlock = z.discriminatedUnion('type', [...pieces]).meta({ id: 'MediaBlock' });
export type MediaBlock = z.infer<typeof MediaBlock>;

const ToolResultBlock = z.object({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), z.array(MediaBlock)]).nullish(),
  is_error: z.boolean().nullish(),
});
export type ToolResultBlock = z.infer<typeof ToolResultBlock>;

/** A piece of a user's turn. */
export const UserBlock = z.discriminatedUnion('type', [...pieces, ToolResultBlock]).meta({ id: 'UserBlock' });
export type UserBlock = z.infer<typeof UserBlock>;

/** A piece of an assistant's turn. */
export const AssistantBlock = z
  .discriminatedUnion('type', [
    TextBlock,
    z.object({
      type: z.literal('thinking'),
      thinking: z.string(),
      signature: z.string().nullish().describe('Taken and not checked.'),
    }),
    z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
    z.object({
      type: z.literal('tool_use'),
      id: z.string().min(1),
      name: z.string().min(1),
      input: z.record(z.string(), z.unknown()),
    }),
  ])
  .meta({ id: 'AssistantBlock' });
export type AssistantBlock = z.infer<typeof AssistantBlock>;
