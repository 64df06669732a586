import { GatewayError } from '../shared/errors.ts';
import { decodeOpenAiTokens } from './decode-openai-tokens.ts';
import { isAbsent } from './is-absent.ts';

const MOST_INPUTS = 2048;
/** Of all texts together, in UTF-16 units: more would not be taken whatever they hold. */
const MOST_CHARACTERS = 2_000_000;

/**
 * The texts of a request's `input`: a text, texts, or either as token numbers. Throws `invalid_request` that names the first place at fault,
 * and `context_length_exceeded` where it is far too long.
 */
export async function readEmbeddingInput(input: unknown): Promise<readonly string[]> {
  const texts = await textsOf(input);
  const empty = texts.indexOf('');
  if (empty >= 0)
    throw wrong(Array.isArray(input) && texts.length > 1 ? `input.${empty}` : 'input', 'must not be empty');
  if (texts.reduce((sum, text) => sum + text.length, 0) > MOST_CHARACTERS) {
    throw new GatewayError(
      'context_length_exceeded',
      `the input has more than ${MOST_CHARACTERS} characters; send it in several requests`,
      { param: 'input' },
    );
  }
  return texts;
}

async function textsOf(input: unknown): Promise<readonly string[]> {
  if (isAbsent(input))
    throw new GatewayError('invalid_request', 'input is missing; it is required', { param: 'input' });
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input)) throw wrong('input', 'must be a text, a list of texts, or a list of tokens');
  const items = input as readonly unknown[];
  if (items.length === 0) throw wrong('input', 'must not be empty');
  if (typeof items[0] === 'number') return [await textOfTokens(items, 'input')];
  if (items.length > MOST_INPUTS) throw wrong('input', `must have at most ${MOST_INPUTS} entries`);
  const texts: string[] = [];
  for (const [index, item] of items.entries()) {
    const param = `input.${index}`;
    if (typeof item === 'string') texts.push(item);
    else if (Array.isArray(item)) texts.push(await textOfTokens(item, param));
    else throw wrong(param, 'must be a text or a list of tokens');
  }
  return texts;
}

async function textOfTokens(items: readonly unknown[], param: string): Promise<string> {
  if (items.length === 0) throw wrong(param, 'must not be empty');
  const stray = items.findIndex((item) => !Number.isSafeInteger(item));
  if (stray >= 0) throw wrong(`${param}.${stray}`, 'must be a whole number, as every token of a list is');
  return await decodeOpenAiTokens(items as readonly number[], param);
}

function wrong(param: string, complaint: string): GatewayError {
  return new GatewayError('invalid_request', `${param} ${complaint}`, { param });
}
