import type { CountTokensRequest, MessageTool } from '@concert/protocol';
import type { ToolDefinition, ToolUse } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { toParameters } from '../chat-tools.ts';
import { isAbsent } from '../is-absent.ts';

const NAME = /^[a-zA-Z0-9_-]+$/;

/**
 * The functions that an answer may call; null: none. Throws `unsupported_value` for tools that only Anthropic's servers and models
 * bring, and `invalid_request` for what can't be called.
 */
export function readTools(wanted: Pick<CountTokensRequest, 'tools' | 'tool_choice'>): ToolUse | null {
  const definitions = (wanted.tools ?? []).map(readTool);
  const choice = wanted.tool_choice ?? { type: 'auto' as const };
  refuseDoubles(definitions);
  if (choice.type === 'none') return null;
  if (definitions.length === 0) {
    if (choice.type === 'auto') return null;
    throw new GatewayError('invalid_request', 'tool_choice asks for a call, and there are no tools; send tools', {
      param: 'tool_choice',
    });
  }
  if (choice.type === 'tool' && !definitions.some(({ name }) => name === choice.name)) {
    throw new GatewayError('invalid_request', 'tool_choice names a tool that is not among tools', {
      param: 'tool_choice.name',
    });
  }
  return {
    definitions,
    choice: choice.type === 'tool' ? { name: choice.name } : choice.type === 'any' ? 'required' : 'auto',
    parallel: choice.disable_parallel_tool_use !== true,
  };
}

function readTool(tool: MessageTool, at: number): ToolDefinition {
  const type = tool.type ?? 'custom';
  if (type !== 'custom') {
    throw new GatewayError(
      'unsupported_value',
      `tools.${at} is ${type.slice(0, 100)}, which only Anthropic's own service brings; leave it out, or describe a function of yours with input_schema`,
      { param: `tools.${at}.type` },
    );
  }
  if (!NAME.test(tool.name)) {
    throw new GatewayError('invalid_request', `tools.${at}.name must consist of letters, digits, _ and - alone`, {
      param: `tools.${at}.name`,
    });
  }
  if (isAbsent(tool.input_schema)) {
    throw new GatewayError('invalid_request', `tools.${at}.input_schema is missing; it is required`, {
      param: `tools.${at}.input_schema`,
    });
  }
  return {
    name: tool.name,
    description: tool.description ?? null,
    parameters: toParameters(tool.input_schema, `tools.${at}.input_schema`),
    strict: tool.strict ?? false,
  };
}

function refuseDoubles(definitions: readonly ToolDefinition[]): void {
  const names = new Set<string>();
  for (const [at, { name }] of definitions.entries()) {
    if (names.has(name)) {
      throw new GatewayError('invalid_request', `two tools have the name ${name}; give each its own`, {
        param: `tools.${at}.name`,
      });
    }
    names.add(name);
  }
}
