import { GatewayError } from '../../shared/errors.ts';
import type { AnswerFormat, ChatRequest, ToolUse } from '../engine.ts';
import type { ChatDialect } from './chat-dialect.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Functions and whether they must be called, as OpenAI's API says it. Throws `unsupported_value` where the engine reads no calls. */
export function toolFields(tools: ToolUse | undefined, { engine, readsCalls }: ChatDialect): Fields {
  if (tools === undefined) return {};
  if (!readsCalls) {
    throw new GatewayError(
      'unsupported_value',
      "this model's engine was started without a parser for calls of functions: leave tools out, or have `toolCallParser` set in the " +
        "model's settings to the engine's parser for this model, for example `hermes`",
      { param: 'tools' },
    );
  }
  const { definitions, choice, parallel } = tools;
  const named = typeof choice === 'string' ? null : choice.name;
  // llama-server knows no obligation to one of several.
  const onlyNamed = named !== null && engine === 'llama-server';
  const given = onlyNamed ? definitions.filter(({ name }) => name === named) : definitions;
  return {
    tools: given.map(({ name, description, parameters, strict }) => ({
      type: 'function',
      function: { name, ...(description !== null && { description }), parameters, ...(strict && { strict }) },
    })),
    tool_choice: named === null ? choice : onlyNamed ? 'required' : { type: 'function', function: { name: named } },
    parallel_tool_calls: parallel && named === null,
  };
}

/** The form of an answer in the engine's own words. Throws `unsupported_value` for one that the engine can't hold beside functions. */
export function formatFields(
  format: AnswerFormat | undefined,
  { engine }: ChatDialect,
  tools: ToolUse | undefined,
): Fields {
  switch (format?.kind) {
    case undefined:
    case 'text':
      return {};
    case 'json-object':
      return { response_format: { type: 'json_object' } };
    case 'json-schema':
      return {
        response_format:
          engine === 'trtllm'
            ? { type: 'json', schema: format.schema }
            : { type: 'json_schema', json_schema: { name: 'answer', schema: format.schema, strict: true } },
      };
    case 'grammar':
      if (tools !== undefined) {
        throw new GatewayError(
          'unsupported_value',
          'an answer follows a grammar or calls functions, not both; leave one of them out',
          { param: 'tools' },
        );
      }
      return grammarFields(format.gbnf, engine);
  }
}

function grammarFields(gbnf: string, engine: ChatDialect['engine']): Fields {
  switch (engine) {
    case 'vllm':
      return { structured_outputs: { grammar: gbnf } };
    case 'sglang':
      return { ebnf: gbnf };
    case 'trtllm':
      return { response_format: { type: 'ebnf', ebnf: gbnf } };
    case 'llama-server':
      return { grammar: gbnf };
  }
}

/** Log probabilities of a chat's answer. Throws `unsupported_value` where they can't be told beside calls. */
export function logprobFields({ logprobs, tools }: ChatRequest, { engine }: ChatDialect): Fields {
  if (logprobs === undefined) return {};
  if (engine === 'llama-server' && tools !== undefined) {
    throw new GatewayError(
      'unsupported_value',
      "this model's engine tells no log probabilities beside tools; leave one of them out",
      { param: 'logprobs' },
    );
  }
  // Some engines take 0 for none at all: one more than wanted is asked for, and not told.
  return { logprobs: true, top_logprobs: Math.max(1, logprobs) };
}

/** An answer that has begun already, as a last turn that is to be continued. Throws `unsupported_value` where the engine can't. */
export function prefillFields(prefill: string | undefined, { engine }: ChatDialect): Fields {
  if (prefill === undefined || prefill === '') return {};
  if (engine === 'trtllm') {
    throw new GatewayError(
      'unsupported_value',
      "this model's engine (TensorRT-LLM) can't go on with an answer that has begun; end the messages with the user's turn",
      { param: 'messages' },
    );
  }
  return { continue_final_message: true, ...(engine !== 'sglang' && { add_generation_prompt: false }) };
}
