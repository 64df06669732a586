import { GatewayError } from '../../../shared/errors.ts';
import type { AnswerFormat, ToolDefinition, ToolUse } from '../../engine.ts';
import { type AnswerConstraint, formatRules } from '../grammar/answer-constraint.ts';
import { type GbnfRules, gbnfLiteral, gbnfText } from '../grammar/gbnf-text.ts';
import { anyObjectRules, jsonSchemaRules } from '../json-schema/json-schema-rules.ts';
import { CALL_CLOSE, CALL_OPEN } from './hermes.ts';

/**
 * What an answer that may or must call functions is held to: calls name a known function, and their arguments follow its schema. Where the
 * model decides, that holds from the first open tag on. Throws `unsupported_value` for a strict function whose schema can't be held.
 */
export function toolConstraint(
  { definitions, choice, parallel }: ToolUse,
  format: AnswerFormat | undefined,
): AnswerConstraint {
  if (format?.kind === 'grammar') {
    throw new GatewayError(
      'unsupported_value',
      'an answer follows a grammar or calls functions, not both; leave one of them out',
      {
        param: 'tools',
      },
    );
  }
  const chosen = typeof choice === 'string' ? definitions : definitions.filter(({ name }) => name === choice.name);
  if (chosen.length === 0) {
    throw new GatewayError('invalid_request', 'tool_choice names a function that is not among the tools', {
      param: 'tool_choice',
    });
  }
  const rules = new Map<string, string>();
  const calls = chosen.map((tool) => callRule(tool, definitions.indexOf(tool), rules));
  rules.set('call', calls.join(' | '));
  const [open, close] = [gbnfLiteral(CALL_OPEN), gbnfLiteral(CALL_CLOSE)];
  rules.set('called', `"\\n"? call "\\n"? ${close}`);
  // An obligation to a function by name is one to a single call.
  const more = parallel && typeof choice === 'string' ? ` ("\\n"? ${open} called)*` : '';
  const answer = formatRules(format);
  if (choice === 'auto' && answer === null) return { gbnf: gbnfText(`called${more}`, rules), trigger: CALL_OPEN };
  const obliged = `${open} called${more}`;
  if (choice !== 'auto' || answer === null) return { gbnf: gbnfText(obliged, rules) };
  for (const [name, body] of answer.rules) rules.set(name, body);
  return { gbnf: gbnfText(`${answer.root} | ${obliged}`, rules) };
}

/** The alternative of one call; adds the rules it needs. */
function callRule(tool: ToolDefinition, index: number, rules: Map<string, string>): string {
  const { root, rules: needed } = argumentRules(tool, index);
  for (const [name, body] of needed) rules.set(name, body);
  const name = `"${tool.name}"`;
  return `${gbnfLiteral(`{"name": ${name}, "arguments": `)} ${root} "}"`;
}

function argumentRules({ parameters, strict }: ToolDefinition, index: number): GbnfRules {
  if (Object.keys(parameters).length === 0) return anyObjectRules();
  try {
    return jsonSchemaRules(
      { type: 'object', ...parameters },
      { prefix: `tool${index}`, where: `tools[${index}].function.parameters` },
    );
  } catch (error) {
    // What was not asked to be strict may be any object.
    if (strict || !(error instanceof GatewayError)) throw error;
    return anyObjectRules();
  }
}
