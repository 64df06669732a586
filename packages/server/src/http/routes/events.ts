import type { LifecycleReport } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { FeedItem } from '../../models/lifecycle/lifecycle-feed.ts';
import type { AppDeps } from '../app-deps.ts';
import { EventStream, sendEvents } from '../event-stream.ts';
import { recordOutcome } from '../outcome.ts';
import { signalOf } from '../signal-of.ts';

/** What happens to models, as server-sent events with ids; `Last-Event-ID` goes on after the event of that id. */
export function mountEvents(app: FastifyInstance, deps: AppDeps): void {
  const closing = new AbortController();
  // A feed has no end of its own, and a server that stops waits for the answers that have begun.
  app.addHook('preClose', (done) => {
    closing.abort();
    done();
  });

  app.get<{ Querystring: { readonly last_event_id?: string } }>('/admin/events', async (request, reply) => {
    const { clock } = deps;
    const log = deps.log.child({ requestId: request.id });
    const header = request.headers['last-event-id'];
    // Browsers send the header only when they come again; the first time, a page can only put it into the address.
    const after = (typeof header === 'string' ? header : request.query.last_event_id) ?? null;
    const signal = AbortSignal.any([signalOf(reply), closing.signal]);
    const stream = new EventStream(reply, { clock, log, headers: () => ({}) });
    const items = deps.feed.follow(after, signal);
    // The feed ends when its reader leaves, and nothing failed then.
    recordOutcome(reply.raw, 200);
    stream.sendRaw(': the feed is open\n\n');
    await sendEvents(stream, items, (item) => {
      stream.sendRaw(`id: ${item.id}\ndata: ${JSON.stringify(eventReport(item))}\n\n`);
    });
    return reply;
  });
}

/** An event on the wire: its own fields, in the wire's spelling. */
function eventReport({ id, atMs, event }: FeedItem): LifecycleReport {
  const { kind, ...rest } = event;
  const fields = Object.entries(rest).map(([key, value]) => [key === 'modelId' ? 'model' : snakeCase(key), value]);
  return { id, time: new Date(atMs).toISOString(), kind, ...(Object.fromEntries(fields) as object) };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
