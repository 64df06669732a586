import { GatewayError } from '../shared/errors.ts';

/** OpenAI's endpoints that are not built here, and what to do instead. */
const NOT_BUILT = {
  '/v1/moderations': 'no model here judges texts; leave moderation out, or ask a chat model to judge',
  '/v1/images': 'no model here makes or changes pictures; pictures are read, by /v1/chat/completions and /v1/ocr',
  '/v1/videos': 'no model here makes videos',
  '/v1/fine_tuning': 'models are not trained here; train elsewhere and add the weights to the catalogue',
  '/v1/batches': 'batches are not taken; send the requests one by one with concert.priority "low"',
  '/v1/assistants': 'assistants are not kept; use /v1/responses or /v1/chat/completions',
  '/v1/threads': 'threads are not kept; use /v1/responses or /v1/chat/completions',
  '/v1/evals': 'evaluations are not run here',
  '/v1/containers': 'programs are not run here; run them yourself and send what they say as a tool’s result',
} as const satisfies Readonly<Record<string, string>>;

/** Throws `not_implemented` for a path under one of OpenAI's endpoints that are not built here. */
export function refuseNotBuilt(path: string): void {
  for (const [endpoint, sentence] of Object.entries(NOT_BUILT)) {
    if (path === endpoint || path.startsWith(`${endpoint}/`))
      throw new GatewayError('not_implemented', `${endpoint} is not built: ${sentence}`);
  }
}
