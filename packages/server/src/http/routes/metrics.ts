import type { FastifyInstance } from 'fastify';
import type { MetricsSnapshot } from '../../shared/metrics.ts';
import type { AppDeps } from '../app-deps.ts';
import { usersOf } from '../slot-report.ts';

/** What Prometheus reads. */
export function mountMetrics(app: FastifyInstance, deps: AppDeps): void {
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await deps.metrics.render(snapshot(deps));
    return reply.type(contentType).send(text);
  });
}

function snapshot(deps: AppDeps): MetricsSnapshot {
  const { models, memory } = deps.status();
  return {
    devices: memory.devices,
    models: models.map(({ model, state, waiters, reserved, measured }) => ({
      id: model.id,
      state: state.kind,
      users: usersOf(state),
      waiters,
      reserved,
      measured,
    })),
  };
}
