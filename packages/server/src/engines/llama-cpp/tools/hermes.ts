/**
 * How functions are called in text, in the form that Hermes models began and Qwen's were trained on: each call is a JSON object with
 * `name` and `arguments` between these tags.
 */
export const CALL_OPEN = '<tool_call>';
export const CALL_CLOSE = '</tool_call>';
/** Between these the result of a call stands in a user's turn. */
export const RESULT_OPEN = '<tool_response>';
export const RESULT_CLOSE = '</tool_response>';

/** Tags that mean something to models that have tokens for them; nothing but a template may write them. */
export const MEANINGFUL_TAGS: readonly string[] = [
  CALL_OPEN,
  CALL_CLOSE,
  RESULT_OPEN,
  RESULT_CLOSE,
  '<tools>',
  '</tools>',
  '<think>',
  '</think>',
];
