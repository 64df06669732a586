import { z } from 'zod';

const status = z.enum(['in_progress', 'completed', 'incomplete']);
const ownStatus = status.nullish();
const id = z.string().nullish();

const InputText = z.object({ type: z.literal('input_text'), text: z.string() });
const InputImage = z.object({
  type: z.literal('input_image'),
  image_url: z.string().min(1).nullish().describe('A data URI, or an http or https address.'),
  file_id: z.string().nullish().describe('Refused: send the picture itself.'),
  detail: z.string().nullish().describe('Taken and not used: pictures are read whole.'),
});
const InputFile = z.object({
  type: z.literal('input_file'),
  file_data: z.string().min(1).nullish().describe('Base64 or a data URI; the bytes decide what it is.'),
  file_url: z.string().min(1).nullish(),
  file_id: z.string().nullish().describe('Refused: send the file itself.'),
  filename: z.string().nullish(),
});
const InputAudio = z.object({
  type: z.literal('input_audio'),
  input_audio: z.object({
    data: z.string().min(1).describe('Base64 of an encoded audio file.'),
    format: z.string().nullish().describe('A hint only: the bytes decide.'),
  }),
});
const LikelyToken = z.object({ token: z.string(), bytes: z.array(z.int()), logprob: z.number() });

/** A token of the answer and what else was likely in its place. */
export const ResponseLogprob = LikelyToken.extend({ top_logprobs: z.array(LikelyToken) }).meta({
  id: 'ResponseLogprob',
});
export type ResponseLogprob = z.infer<typeof ResponseLogprob>;

/** Text that the model wrote. */
export const ResponseOutputText = z
  .object({
    type: z.literal('output_text'),
    text: z.string(),
    annotations: z.array(z.unknown()),
    logprobs: z.array(ResponseLogprob),
  })
  .meta({ id: 'ResponseOutputText' });
export type ResponseOutputText = z.infer<typeof ResponseOutputText>;

/** A piece of a message to the model. */
export const ResponseInputPart = z
  .discriminatedUnion('type', [
    InputText,
    InputImage,
    InputFile,
    InputAudio,
    z.object({ type: z.literal('output_text'), text: z.string() }).describe('Text that the model wrote before.'),
    z.object({ type: z.literal('refusal'), refusal: z.string() }),
  ])
  .meta({ id: 'ResponseInputPart' });
export type ResponseInputPart = z.infer<typeof ResponseInputPart>;

const SummaryText = z.object({ type: z.literal('summary_text'), text: z.string() });
const ReasoningText = z.object({ type: z.literal('reasoning_text'), text: z.string() });

const functionCall = {
  type: z.literal('function_call'),
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string().describe('JSON text.'),
};

const InputMessage = z.object({
  type: z.literal('message').optional(),
  id,
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([z.string(), z.array(ResponseInputPart)]),
  status: ownStatus,
});
const FunctionCallOutput = z.object({
  type: z.literal('function_call_output'),
  id,
  call_id: z.string().min(1),
  output: z.union([z.string(), z.array(ResponseInputPart)]),
  status: ownStatus,
});

/** A piece of a conversation as callers send it. */
export const ResponseInputItem = z
  .discriminatedUnion('type', [
    InputMessage,
    z.object({ ...functionCall, id, status: ownStatus }),
    FunctionCallOutput,
    z.object({
      type: z.literal('reasoning'),
      id,
      summary: z.array(SummaryText).nullish(),
      content: z.array(ReasoningText).nullish(),
      encrypted_content: z.string().nullish().describe('Taken and not used.'),
      status: ownStatus,
    }),
    z
      .object({ type: z.literal('item_reference'), id: z.string().min(1) })
      .describe('An item of a response that is kept.'),
  ])
  .meta({ id: 'ResponseInputItem' });
export type ResponseInputItem = z.infer<typeof ResponseInputItem>;

/** A piece of a response. */
export const ResponseOutputItem = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('message'),
      id: z.string(),
      role: z.literal('assistant'),
      status,
      content: z.array(ResponseOutputText),
    }),
    z.object({ ...functionCall, id: z.string(), status }),
    z.object({
      type: z.literal('reasoning'),
      id: z.string(),
      summary: z.array(SummaryText),
      content: z.array(ReasoningText).optional().describe('What the model thought, where no summary was asked for.'),
      encrypted_content: z.null(),
      status,
    }),
  ])
  .meta({ id: 'ResponseOutputItem' });
export type ResponseOutputItem = z.infer<typeof ResponseOutputItem>;

/** A piece of a conversation as it is listed: what was sent, under an id of its own. */
export const ResponseListedItem = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('message'),
      id: z.string(),
      role: z.enum(['user', 'assistant', 'system', 'developer']),
      status,
      content: z.array(z.union([ResponseOutputText, ResponseInputPart])),
    }),
    z.object({ ...functionCall, id: z.string(), status }),
    FunctionCallOutput.extend({ id: z.string(), status }),
    z.object({
      type: z.literal('reasoning'),
      id: z.string(),
      summary: z.array(SummaryText),
      content: z.array(ReasoningText).optional(),
      encrypted_content: z.null(),
      status,
    }),
  ])
  .meta({ id: 'ResponseListedItem' });
export type ResponseListedItem = z.infer<typeof ResponseListedItem>;

/** A page of what was sent with a request. */
export const ResponseItemList = z
  .object({
    object: z.literal('list'),
    data: z.array(ResponseListedItem),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })
  .meta({ id: 'ResponseItemList' });
export type ResponseItemList = z.infer<typeof ResponseItemList>;
