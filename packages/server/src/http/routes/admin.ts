import type { AdminModels, UnloadAnswer } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../app-deps.ts';
import { memoryReport, slotReport } from '../slot-report.ts';

/** What operators see and do. */
export function mountAdmin(app: FastifyInstance, deps: AppDeps): void {
  app.get('/admin/models', (): AdminModels => {
    const { models, memory } = deps.status();
    return { object: 'list', data: models.map(slotReport), memory: memoryReport(memory) };
  });

  app.post<{ Params: { id: string } }>('/admin/models/:id/unload', async (request): Promise<UnloadAnswer> => {
    await deps.unload(request.params.id);
    return { id: request.params.id, state: 'unloaded' };
  });
}
