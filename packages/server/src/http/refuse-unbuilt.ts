import type { ChatCompletionRequest } from '@concert/protocol';
import { GatewayError } from '../shared/errors.ts';
import { isAbsent } from './is-absent.ts';

/** Throws `unsupported_value` for a field that would change the answer and is not built: nothing is dropped silently. */
export function refuseUnbuilt(wanted: ChatCompletionRequest): void {
  const refused = unbuiltField(wanted);
  if (refused !== null)
    throw new GatewayError('unsupported_value', `${refused[0]}: ${refused[1]}`, { param: refused[0] });
}

function unbuiltField(wanted: ChatCompletionRequest): [param: string, sentence: string] | null {
  const some = (list: object | null | undefined): boolean => !isAbsent(list) && Object.keys(list).length > 0;
  if ((wanted.n ?? 1) > 1) return ['n', 'only one answer per request is given; ask again for another'];
  if (some(wanted.tools) && wanted.tool_choice !== 'none')
    return ['tools', 'tool calls are not supported; leave tools out'];
  if (some(wanted.functions)) return ['functions', 'function calls are not supported; leave functions out'];
  if (!isAbsent(wanted.tool_choice) && wanted.tool_choice !== 'none' && wanted.tool_choice !== 'auto') {
    return ['tool_choice', 'tool calls are not supported; leave tool_choice out'];
  }
  if (!isAbsent(wanted.response_format) && wanted.response_format.type !== 'text') {
    return ['response_format', 'only text answers are supported; ask for JSON in the prompt'];
  }
  if (wanted.logprobs === true) return ['logprobs', 'log probabilities are not returned; leave logprobs out'];
  if ((wanted.top_logprobs ?? 0) > 0)
    return ['top_logprobs', 'log probabilities are not returned; leave top_logprobs out'];
  if (some(wanted.logit_bias)) return ['logit_bias', 'biased sampling is not supported; leave logit_bias out'];
  if (wanted.modalities?.some((modality) => modality !== 'text') === true) {
    return ['modalities', 'only text answers are supported; send the text to /v1/audio/speech to hear it'];
  }
  if (typeof wanted.audio === 'object' && wanted.audio !== null) {
    return ['audio', 'spoken answers are not supported; send the text to /v1/audio/speech to hear it'];
  }
  return unbuiltInMessages(wanted.messages);
}

function unbuiltInMessages(messages: ChatCompletionRequest['messages']): [string, string] | null {
  for (const [at, message] of messages.entries()) {
    if (message.role === 'assistant' && (message.tool_calls?.length ?? 0) > 0) {
      return [`messages.${at}.tool_calls`, 'tool calls are not supported; leave these turns out'];
    }
    if (message.role !== 'user' || typeof message.content === 'string') continue;
    const file = message.content.findIndex((part) => part.type === 'file');
    if (file >= 0)
      return [`messages.${at}.content.${file}`, 'file parts are not supported; send text, image_url or input_audio'];
  }
  return null;
}
