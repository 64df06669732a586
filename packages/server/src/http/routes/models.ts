import type { Model, ModelList } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../shared/errors.ts';
import type { AppDeps, ListedModel } from '../app-deps.ts';

/** The names under which requests can be made. */
export function mountModels(app: FastifyInstance, deps: AppDeps): void {
  app.get('/v1/models', (): ModelList => ({ object: 'list', data: deps.models().map(toModel) }));

  app.get<{ Params: { id: string } }>('/v1/models/:id', (request): Model => {
    const found = deps.models().find(({ id }) => id === request.params.id);
    if (found === undefined) {
      throw new GatewayError('model_not_found', 'there is no model of this name; GET /v1/models lists them', {
        param: 'model',
      });
    }
    return toModel(found);
  });
}

function toModel(model: ListedModel): Model {
  const { id, ownedBy, createdMs, task, backing, state, input, languages, voices, licence } = model;
  return {
    id,
    object: 'model',
    created: Math.floor(createdMs / 1000),
    owned_by: ownedBy,
    concert: { task, backing, state, input: [...input], languages: [...languages], voices: [...voices], licence },
  };
}
