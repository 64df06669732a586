import type { ResponsesRequest, ResponseTool } from '@concert/protocol';
import type { ToolDefinition, ToolUse } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { toParameters } from '../chat-tools.ts';
import { isAbsent } from '../is-absent.ts';

/**
 * The functions that the answer may call; null: none. Throws `unsupported_value` for tools that only OpenAI's own service brings, and
 * `invalid_request` for a choice among functions that are not there.
 */
export function readTools(
  wanted: Pick<ResponsesRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>,
): ToolUse | null {
  const definitions = (wanted.tools ?? []).map(readTool);
  refuseTwins(definitions);
  const choice = wanted.tool_choice ?? 'auto';
  const parallel = wanted.parallel_tool_calls ?? true;
  if (choice === 'none') return null;
  if (definitions.length === 0) {
    if (choice === 'auto') return null;
    throw refused('tool_choice', 'tool_choice asks for a call, and there are no tools; send tools');
  }
  if (typeof choice === 'string') return { definitions, choice, parallel };
  const names = new Set(choice.type === 'function' ? [choice.name] : choice.tools.map(({ name }) => name));
  for (const name of names) {
    if (!definitions.some((definition) => definition.name === name))
      throw refused('tool_choice', `tool_choice names the function "${name.slice(0, 100)}", which is not among tools`);
  }
  if (choice.type === 'function') return { definitions, choice: { name: choice.name }, parallel };
  return { definitions: definitions.filter(({ name }) => names.has(name)), choice: choice.mode, parallel };
}

function readTool(tool: ResponseTool, at: number): ToolDefinition {
  if (tool.type !== 'function') {
    throw new GatewayError(
      'unsupported_value',
      `tools.${at} is ${tool.type.slice(0, 100)}, which only exists at OpenAI's own service; leave it out, or describe a function of yours`,
      { param: `tools.${at}.type` },
    );
  }
  const { name } = tool;
  if (isAbsent(name)) throw refused(`tools.${at}.name`, `tools.${at}.name is missing; it is required`);
  return {
    name,
    description: tool.description ?? null,
    parameters: toParameters(tool.parameters, `tools.${at}.parameters`),
    strict: tool.strict ?? true,
  };
}

function refuseTwins(definitions: readonly ToolDefinition[]): void {
  const seen = new Set<string>();
  for (const [at, { name }] of definitions.entries()) {
    if (seen.has(name))
      throw refused(`tools.${at}.name`, `there are two functions called ${name}; give each its own name`);
    seen.add(name);
  }
}

function refused(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param });
}
