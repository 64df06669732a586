import { GatewayError } from '../../../shared/errors.ts';
import type { AnswerFormat } from '../../engine.ts';
import { anyObjectRules, jsonSchemaRules } from '../json-schema/json-schema-rules.ts';
import { type GbnfRules, gbnfText } from './gbnf-text.ts';
import { grammarError } from './gbnf-syntax.ts';

/** What an answer is held to. */
export interface AnswerConstraint {
  /** A grammar whose rule `root` is the whole answer, or all of it behind `trigger`. */
  readonly gbnf: string;
  /** The answer is free until it has written this text; absent: it is held from the start. */
  readonly trigger?: string;
}

/** A caller's own grammar; those that are made from schemas may be longer. */
const MOST_CHARACTERS = 262_144;

/** The rules of a JSON format; null for others. Throws `unsupported_value` naming what of a schema can't be held. */
export function formatRules(format: AnswerFormat | undefined): GbnfRules | null {
  switch (format?.kind) {
    case 'json-object':
      return anyObjectRules();
    case 'json-schema':
      return jsonSchemaRules(format.schema, { prefix: 'answer', where: 'response_format.json_schema.schema' });
    default:
      return null;
  }
}

/** What an answer of this format is held to; null: nothing. Throws `unsupported_value` or `invalid_request` with the reason. */
export function toConstraint(format: AnswerFormat | undefined): AnswerConstraint | null {
  if (format?.kind === 'grammar') {
    if (format.gbnf.length > MOST_CHARACTERS) throw grammarError(`it is longer than ${MOST_CHARACTERS} characters`);
    return { gbnf: format.gbnf };
  }
  const made = formatRules(format);
  return made === null ? null : { gbnf: gbnfText(made.root, made.rules) };
}

/**
 * The error for a constraint that can't be run, in words for the field that it came from: whoever sent a schema knows nothing of the grammar
 * that was made of it.
 */
export function refusedConstraint(error: unknown, field: 'response_format' | 'tools'): unknown {
  if (!(error instanceof GatewayError)) return error;
  return new GatewayError(
    'unsupported_value',
    `no answer can be held to the schemas in ${field}, for nothing finite is valid or too much is at once: ${error.message}`,
    { param: field, cause: error },
  );
}
