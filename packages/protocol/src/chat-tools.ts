import { z } from 'zod';

/** As OpenAI's, with the marks that tool servers put between a namespace and a name. */
const functionName = z
  .string()
  .regex(/^[\w.:/-]{1,128}$/, 'must be 1 to 128 letters, digits, underscores, dashes, dots, colons or slashes');

const schema = z.record(z.string(), z.unknown());

const FunctionDefinition = z.object({
  name: functionName,
  description: z.string().nullish(),
  parameters: schema.nullish().describe('JSON Schema of an object; absent: no arguments.'),
  strict: z.boolean().nullish().describe('Whether the arguments must follow the schema exactly.'),
});

/** A function that the model may ask its caller to run. */
export const ChatTool = z
  .object({ type: z.literal('function'), function: FunctionDefinition })
  .meta({ id: 'ChatTool' });
export type ChatTool = z.infer<typeof ChatTool>;

/** The form before tools. */
export const ChatFunction = FunctionDefinition.omit({ strict: true }).meta({ id: 'ChatFunction' });
export type ChatFunction = z.infer<typeof ChatFunction>;

const NamedTool = z.object({ type: z.literal('function'), function: z.object({ name: z.string().min(1) }) });

/** Whether the model must, may or must not call a function, and which. */
export const ChatToolChoice = z
  .union([
    z.enum(['auto', 'none', 'required']),
    z.discriminatedUnion('type', [
      NamedTool,
      z.object({
        type: z.literal('allowed_tools'),
        allowed_tools: z.object({ mode: z.enum(['auto', 'required']), tools: z.array(NamedTool).min(1) }),
      }),
    ]),
  ])
  .meta({ id: 'ChatToolChoice' });
export type ChatToolChoice = z.infer<typeof ChatToolChoice>;

/** `function_call`, the form before `tool_choice`. */
export const ChatFunctionChoice = z
  .union([z.enum(['auto', 'none']), z.object({ name: z.string().min(1) })])
  .meta({ id: 'ChatFunctionChoice' });
export type ChatFunctionChoice = z.infer<typeof ChatFunctionChoice>;

/** The form that the answer is held to. */
export const ResponseFormat = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }).describe('Any JSON object.'),
    z.object({
      type: z.literal('json_schema'),
      json_schema: z.object({
        name: z.string().min(1).max(256).describe('For the caller; the answer is the same under any name.'),
        description: z.string().nullish(),
        schema: schema.nullish().describe('JSON Schema, draft 2020-12; absent: any JSON object.'),
        strict: z.boolean().nullish().describe('Taken and not used: an answer always follows the schema.'),
      }),
    }),
    z.object({
      type: z.literal('grammar'),
      grammar: z.string().min(1).max(100_000).describe('GBNF, llama.cpp’s notation; `root` is the whole answer.'),
    }),
    z
      .object({ type: z.literal('phone_action') })
      .describe('A short thought and one action, as Open-AutoGLM’s client parses them.'),
  ])
  .meta({ id: 'ResponseFormat' });
export type ResponseFormat = z.infer<typeof ResponseFormat>;
