import { createOpenApi } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../app-deps.ts';

/** The API's description, made on first demand. */
export function mountOpenApi(app: FastifyInstance, deps: AppDeps): void {
  let document: string | null = null;
  app.get('/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(createOpenApi(deps.version));
    return reply.type('application/json; charset=utf-8').send(document);
  });
}
