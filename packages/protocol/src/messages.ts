import { z } from 'zod';
import { ConcertOptions } from './concert-options.ts';
import { KeepAlive } from './demand.ts';
import { AssistantBlock, SystemBlock, UserBlock } from './message-blocks.ts';

const flag = z.boolean().nullish();

/** One turn of a conversation in Anthropic's form. */
export const MessageParam = z
  .discriminatedUnion('role', [
    z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(UserBlock)]) }),
    z.object({ role: z.literal('assistant'), content: z.union([z.string(), z.array(AssistantBlock)]) }),
    z.object({ role: z.literal('system'), content: z.union([z.string(), z.array(SystemBlock)]) }),
  ])
  .meta({ id: 'MessageParam' });
export type MessageParam = z.infer<typeof MessageParam>;

/** A function that the caller runs. Tools that Anthropic's own servers or models bring have another `type` and are refused. */
export const MessageTool = z
  .object({
    type: z.string().nullish().describe('`custom`, or absent.'),
    name: z.string().min(1).max(128),
    description: z.string().nullish(),
    input_schema: z.record(z.string(), z.unknown()).nullish().describe('A JSON Schema of an object; required.'),
    strict: flag,
  })
  .meta({ id: 'MessageTool' });
export type MessageTool = z.infer<typeof MessageTool>;

const MessageToolChoice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auto'), disable_parallel_tool_use: flag }),
  z.object({ type: z.literal('any'), disable_parallel_tool_use: flag }),
  z.object({ type: z.literal('tool'), name: z.string().min(1), disable_parallel_tool_use: flag }),
  z.object({ type: z.literal('none') }),
]);

const display = z
  .enum(['summarized', 'omitted'])
  .nullish()
  .describe('`omitted`: thinking blocks come without their text.');

const MessageThinking = z.discriminatedUnion('type', [
  z.object({ type: z.literal('enabled'), budget_tokens: z.int().min(1), display }),
  z.object({ type: z.literal('adaptive'), display }),
  z.object({ type: z.literal('disabled') }),
]);

/** What counting and answering have in common. */
const counted = {
  model: z.string().min(1).describe('The hub’s name or `auto`, a model’s id, or an alias.'),
  messages: z.array(MessageParam).min(1),
  system: z.union([z.string(), z.array(SystemBlock)]).nullish(),
  tools: z.array(MessageTool).nullish(),
  tool_choice: MessageToolChoice.nullish(),
  thinking: MessageThinking.nullish(),
  output_config: z
    .object({
      format: z
        .object({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) })
        .nullish()
        .describe('The answer follows this schema exactly.'),
    })
    .nullish(),
};

/** `POST /v1/messages/count_tokens`. */
export const CountTokensRequest = z.object(counted).meta({ id: 'CountTokensRequest' });
export type CountTokensRequest = z.infer<typeof CountTokensRequest>;

/** `POST /v1/messages`. Unknown fields are ignored. */
export const MessagesRequest = z
  .object({
    ...counted,
    max_tokens: z.int().min(1).describe('Where the context has less room, the answer gets that room.'),
    stop_sequences: z.array(z.string().min(1)).max(64).nullish(),
    stream: flag,
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().gt(0).max(1).nullish(),
    top_k: z.int().min(-1).nullish().describe('0 or -1 turns it off.'),
    metadata: z.object({ user_id: z.string().nullish() }).nullish(),
    service_tier: z.string().nullish().describe('Taken and not used.'),
    thread: z
      .record(z.string(), z.unknown())
      .nullish()
      .describe('Refused, so that clients send the whole conversation: messages are not kept.'),
    concert: ConcertOptions.nullish(),
    keep_alive: KeepAlive.nullish(),
  })
  .meta({ id: 'MessagesRequest' });
export type MessagesRequest = z.infer<typeof MessagesRequest>;
