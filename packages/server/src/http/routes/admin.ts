import {
  type AdminModels,
  type AdminRequests,
  type CancelAnswer,
  KeepAliveRequest,
  type SlotReport,
  type UnloadAnswer,
} from '@concert/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { GatewayError } from '../../shared/errors.ts';
import type { AppDeps } from '../app-deps.ts';
import { toKeepAliveMs } from '../demand.ts';
import type { Flights } from '../flight.ts';
import { parse } from '../parse.ts';
import { jsonOf } from '../request-body.ts';
import { signalOf } from '../signal-of.ts';
import { answerWhenReady } from '../slow-answer.ts';
import { memoryReport, slotReport } from '../slot-report.ts';

interface OneModel {
  readonly Params: { readonly id: string };
}

/** What operators see and do. */
export function mountAdmin(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  mountModels(app, deps);

  app.get('/admin/requests', (): AdminRequests => ({ object: 'list', data: flights.list() }));

  app.post<OneModel>('/admin/requests/:id/cancel', (request): CancelAnswer => {
    const { id } = request.params;
    if (!flights.cancel(id))
      throw new GatewayError(
        'not_found',
        'no request of this id is under way; GET /admin/requests lists those that are',
      );
    deps.log.info({ requestId: request.id, cancelled: id }, 'an operator cancelled a request');
    return { id, cancelled: true };
  });
}

function mountModels(app: FastifyInstance, deps: AppDeps): void {
  const report = (id: string): SlotReport => {
    const status = deps.status().models.find(({ model }) => model.id === id);
    if (status === undefined)
      throw new GatewayError('model_not_found', 'there is no model of this id; GET /admin/models lists them');
    return slotReport(status, deps.feed.loadsOf(id));
  };

  app.get('/admin/models', (): AdminModels => {
    const { models, memory } = deps.status();
    const data = models.map((status) => slotReport(status, deps.feed.loadsOf(status.model.id)));
    return { object: 'list', data, memory: memoryReport(memory) };
  });

  app.get<OneModel>('/admin/models/:id', (request): SlotReport => report(request.params.id));

  app.post<OneModel>('/admin/models/:id/load', (request, reply): Promise<SlotReport | FastifyReply> => {
    const { id } = request.params;
    const loaded = deps.load(id, signalOf(reply)).then(() => report(id));
    return answerWhenReady(reply, loaded, { clock: deps.clock, log: deps.log.child({ requestId: request.id }) });
  });

  app.post<OneModel>('/admin/models/:id/unload', (request, reply): Promise<UnloadAnswer | FastifyReply> => {
    const { id } = request.params;
    const unloaded = deps.unload(id).then((): UnloadAnswer => ({ id, state: 'unloaded' }));
    return answerWhenReady(reply, unloaded, { clock: deps.clock, log: deps.log.child({ requestId: request.id }) });
  });

  for (const [action, pinned] of [
    ['pin', true],
    ['unpin', false],
  ] as const) {
    app.post<OneModel>(`/admin/models/:id/${action}`, (request): SlotReport => {
      const { id } = request.params;
      deps.setPinned(id, pinned);
      const sentence = pinned ? 'an operator pinned the model' : 'an operator let the model go again';
      deps.log.info({ requestId: request.id, model: id }, sentence);
      return report(id);
    });
  }

  app.post<OneModel>('/admin/models/:id/keep-alive', (request): SlotReport => {
    const { keep_alive: keepAlive } = parse(KeepAliveRequest, jsonOf(request));
    const { id } = request.params;
    const keepAliveMs = toKeepAliveMs(keepAlive);
    deps.setKeepAlive(id, keepAliveMs);
    deps.log.info({ requestId: request.id, model: id, keepAliveMs }, 'an operator set how long the model stays');
    return report(id);
  });
}
