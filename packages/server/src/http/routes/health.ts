import type { Health, Probe } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../app-deps.ts';
import { totalOf } from '../../shared/footprint.ts';
import { isoTime, memoryReport, usersOf } from '../slot-report.ts';

/** Health for people and probes: 503 while the server starts or drains. */
export function mountHealth(app: FastifyInstance, deps: AppDeps): void {
  const startedMs = deps.clock.now();

  app.get('/health', (_request, reply) => {
    const { state, models, memory } = deps.status();
    const body: Health = {
      status: state === 'ready' ? 'ok' : state,
      version: deps.version,
      uptime_seconds: Math.round((deps.clock.now() - startedMs) / 1000),
      models: models.map((status) => ({
        id: status.model.id,
        task: status.model.task,
        state: status.state.kind,
        bytes: totalOf(status.measured ?? status.reserved),
        users: usersOf(status.state),
        last_used: isoTime(status.lastUsedMs),
      })),
      memory: memoryReport(memory),
    };
    return reply.code(state === 'ready' ? 200 : 503).send(body);
  });

  app.get('/health/live', (): Probe => ({ status: 'ok' }));

  app.get('/health/ready', (_request, reply) => {
    const { state } = deps.status();
    const body: Probe = { status: state === 'ready' ? 'ok' : state };
    return reply.code(state === 'ready' ? 200 : 503).send(body);
  });
}
