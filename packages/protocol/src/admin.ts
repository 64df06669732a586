import { z } from 'zod';

const Memory = z.object({ budget_bytes: z.number(), reserved_bytes: z.number() });

/** A model's slot, as operators see it. */
export const SlotReport = z
  .object({
    id: z.string(),
    task: z.string(),
    engine: z.string(),
    state: z.enum(['unloaded', 'loading', 'ready', 'unloading', 'failed']),
    users: z.int(),
    waiters: z.int(),
    pid: z.int().nullable(),
    reason: z.string().nullable().describe('Why it failed.'),
    reserved_bytes: z.number().describe('Counted against the budget.'),
    measured_bytes: z.number().nullable().describe('What its process holds now.'),
    last_used: z.string().nullable().describe('ISO 8601.'),
    load_ms: z.number().nullable().describe('How long the last load took.'),
    idle_ms: z.number().nullable().describe('Unloads after so long without users.'),
  })
  .meta({ id: 'SlotReport' });
export type SlotReport = z.infer<typeof SlotReport>;

/** `GET /admin/models`. */
export const AdminModels = z
  .object({ object: z.literal('list'), data: z.array(SlotReport), memory: Memory })
  .meta({ id: 'AdminModels' });
export type AdminModels = z.infer<typeof AdminModels>;

/** `POST /admin/models/{id}/unload`. */
export const UnloadAnswer = z.object({ id: z.string(), state: z.literal('unloaded') }).meta({ id: 'UnloadAnswer' });
export type UnloadAnswer = z.infer<typeof UnloadAnswer>;

/** `GET /health`; 200 when `status` is `ok`, else 503. */
export const Health = z
  .object({
    status: z.enum(['ok', 'starting', 'draining']),
    version: z.string(),
    uptime_seconds: z.number(),
    models: z.array(
      z.object({
        id: z.string(),
        task: z.string(),
        state: z.string(),
        bytes: z.number(),
        users: z.int(),
        last_used: z.string().nullable(),
      }),
    ),
    memory: Memory,
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

/** `GET /health/live` and `/health/ready`. */
export const Probe = z.object({ status: z.string() }).meta({ id: 'Probe' });
export type Probe = z.infer<typeof Probe>;
