import type { ChatCompletionRequest, ChatFunction, ChatTool, ResponseFormat } from '@concert/protocol';
import { ACTION_GRAMMAR } from '../pipeline/phone-agent/action-grammar.ts';
import type { AnswerFormat, JsonSchema, ToolDefinition, ToolUse } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { isAbsent } from './is-absent.ts';

type ToolFields = Pick<
  ChatCompletionRequest,
  'tools' | 'tool_choice' | 'parallel_tool_calls' | 'functions' | 'function_call'
>;

/** Whether calls are told in the form before `tools`. */
export function usesFunctions(wanted: ToolFields): boolean {
  return (wanted.functions ?? []).length > 0;
}

/** The functions that the answer may call; null: none. Throws `invalid_request` for a choice among tools that are not there. */
export function toToolUse(wanted: ToolFields): ToolUse | null {
  const tools = wanted.tools ?? [];
  const functions = wanted.functions ?? [];
  if (tools.length > 0 && functions.length > 0)
    throw refused('functions', 'functions and tools are two forms of the same; send tools alone');
  return functions.length > 0 ? fromFunctions(functions, wanted) : fromTools(tools, wanted);
}

function fromTools(tools: readonly ChatTool[], wanted: ToolFields): ToolUse | null {
  const { tool_choice: choice } = wanted;
  if (typeof wanted.function_call === 'object' && wanted.function_call !== null)
    throw refused('function_call', 'function_call is only taken with functions; with tools, send tool_choice');
  const definitions = tools.map((tool, at) => toDefinition(tool.function, `tools.${at}.function`));
  refuseTwins(definitions, (at) => `tools.${at}.function.name`);
  const parallel = wanted.parallel_tool_calls ?? true;
  if (choice === 'none') return null;
  if (isAbsent(choice) || choice === 'auto')
    return definitions.length === 0 ? null : { definitions, choice: 'auto', parallel };
  if (definitions.length === 0)
    throw refused('tool_choice', 'tool_choice is only taken with tools; send tools, or leave it out');
  if (choice === 'required') return { definitions, choice, parallel };
  if (choice.type === 'function') {
    const { name } = choice.function;
    refuseUnknown(name, definitions, 'tool_choice.function.name');
    return { definitions, choice: { name }, parallel };
  }
  const { mode, tools: named } = choice.allowed_tools;
  const allowed = new Set(named.map((tool) => tool.function.name));
  for (const name of allowed) refuseUnknown(name, definitions, 'tool_choice.allowed_tools.tools');
  return { definitions: definitions.filter(({ name }) => allowed.has(name)), choice: mode, parallel };
}

function fromFunctions(functions: readonly ChatFunction[], { function_call: choice }: ToolFields): ToolUse | null {
  const definitions = functions.map((each, at) => toDefinition(each, `functions.${at}`));
  refuseTwins(definitions, (at) => `functions.${at}.name`);
  if (choice === 'none') return null;
  // The answer has room for one call only.
  if (isAbsent(choice) || choice === 'auto') return { definitions, choice: 'auto', parallel: false };
  refuseUnknown(choice.name, definitions, 'function_call.name');
  return { definitions, choice: { name: choice.name }, parallel: false };
}

function toDefinition(given: ChatTool['function'], param: string): ToolDefinition {
  return {
    name: given.name,
    description: given.description ?? null,
    parameters: toParameters(given.parameters, `${param}.parameters`),
    strict: given.strict ?? false,
  };
}

/** Arguments are an object always; a schema that does not say so is taken for one. */
export function toParameters(schema: JsonSchema | null | undefined, param: string): JsonSchema {
  const { type = 'object', ...rest } = schema ?? {};
  if (type !== 'object') throw refused(param, `${param} must be a JSON Schema of an object: set its type to "object"`);
  return { type, properties: {}, ...rest };
}

/** The form of the answer, as the engines know it. */
export function toAnswerFormat(wanted: ResponseFormat | null | undefined): AnswerFormat {
  if (isAbsent(wanted)) return { kind: 'text' };
  switch (wanted.type) {
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json-object' };
    case 'json_schema': {
      const { schema } = wanted.json_schema;
      return isAbsent(schema) ? { kind: 'json-object' } : { kind: 'json-schema', schema };
    }
    case 'grammar':
      return { kind: 'grammar', gbnf: wanted.grammar };
    case 'phone_action':
      return { kind: 'grammar', gbnf: ACTION_GRAMMAR };
    default:
      return wanted satisfies never;
  }
}

function refuseTwins(definitions: readonly ToolDefinition[], paramOf: (at: number) => string): void {
  const seen = new Set<string>();
  for (const [at, { name }] of definitions.entries()) {
    if (seen.has(name)) throw refused(paramOf(at), `there are two functions called ${name}; give each its own name`);
    seen.add(name);
  }
}

function refuseUnknown(name: string, definitions: readonly ToolDefinition[], param: string): void {
  if (definitions.some((definition) => definition.name === name)) return;
  throw refused(param, `no function called "${name.slice(0, 100)}" is among those sent`);
}

function refused(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param });
}
