import type { Task } from '../engines/engine.ts';
import { GatewayError } from '../shared/errors.ts';
import { type Names, OPENAI_ALIASES, resolveName, type Roles } from './roles.ts';

/**
 * The model that does `task` under the name a request uses: the hub's and OpenAI's names mean the profile's specialist, any other
 * name means exactly that model. Throws `model_not_found`, and `unsupported_value` when it does something else.
 */
export function specialistFor(
  deps: { readonly names: Names; readonly roles: Roles },
  task: Extract<Task, 'asr' | 'ocr' | 'embed'>,
  name: string,
): string {
  const openai: readonly string[] = task === 'ocr' ? [] : OPENAI_ALIASES[task];
  const work = { asr: 'speech recognition', ocr: 'text recognition in pictures', embed: 'embeddings' }[task];
  const chosen = (): string => {
    const id = deps.roles[task];
    if (id !== undefined) return id;
    throw new GatewayError('model_missing', `no model for ${work} is in this profile; choose one that has it`, {
      param: 'model',
    });
  };
  if (openai.includes(name) && !Object.hasOwn(deps.names.aliases, name)) return chosen();
  const target = resolveName(deps.names, name);
  if (target.kind === 'hub') return chosen();
  if (target.model.task === task) return target.model.id;
  throw new GatewayError('unsupported_value', `the model ${target.model.id} does ${target.model.task}, not ${work}`, {
    param: 'model',
  });
}
