import type { ResponseObject, ResponsesRequest, ResponseTool } from '@concert/protocol';

/** A response of which nothing is written yet: what was asked, with OpenAI's defaults where nothing was. */
export function beginResponse(
  wanted: ResponsesRequest,
  options: { readonly id: string; readonly createdMs: number; readonly store: boolean },
): ResponseObject {
  const background = wanted.background === true;
  return {
    id: options.id,
    object: 'response',
    created_at: Math.floor(options.createdMs / 1000),
    completed_at: null,
    status: background ? 'queued' : 'in_progress',
    background,
    error: null,
    incomplete_details: null,
    instructions: wanted.instructions ?? null,
    max_output_tokens: wanted.max_output_tokens ?? null,
    metadata: wanted.metadata ?? {},
    model: wanted.model,
    output: [],
    parallel_tool_calls: wanted.parallel_tool_calls ?? true,
    previous_response_id: wanted.previous_response_id ?? null,
    prompt_cache_key: wanted.prompt_cache_key ?? null,
    reasoning: {
      effort: wanted.reasoning?.effort ?? null,
      summary: wanted.reasoning?.summary ?? wanted.reasoning?.generate_summary ?? null,
    },
    safety_identifier: wanted.safety_identifier ?? null,
    service_tier: 'default',
    store: options.store,
    temperature: wanted.temperature ?? null,
    text: { format: wanted.text?.format ?? { type: 'text' }, verbosity: wanted.text?.verbosity ?? null },
    tool_choice: wanted.tool_choice ?? 'auto',
    tools: (wanted.tools ?? []).map(shownTool),
    top_logprobs: wanted.top_logprobs ?? 0,
    top_p: wanted.top_p ?? null,
    truncation: 'disabled',
    usage: null,
    user: wanted.user ?? null,
  };
}

function shownTool({ name, description, parameters, strict }: ResponseTool): ResponseTool {
  return {
    type: 'function',
    name,
    description: description ?? null,
    parameters: parameters ?? { type: 'object', properties: {} },
    strict: strict ?? true,
  };
}
