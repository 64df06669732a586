import { z } from 'zod';
import { Priority } from './demand.ts';

const bytesByDevice = z
  .record(z.string(), z.number())
  .describe('Bytes by device: `ram`, or a GPU such as `gpu:0`; devices that hold none are left out.');
const time = z.string().describe('ISO 8601.');

const DeviceReport = z
  .object({
    id: z.string().describe('`ram`, or a GPU such as `gpu:0`.'),
    name: z.string(),
    budget_bytes: z.number(),
    reserved_bytes: z.number().describe('Counted against the budget.'),
    measured_bytes: z.number().describe('What the models’ processes really hold.'),
    kept_bytes: z.number().describe('Of ended models, and did not come back.'),
  })
  .meta({ id: 'DeviceReport' });

const Memory = z.object({
  budget_bytes: z.number().describe('Of all devices together.'),
  reserved_bytes: z.number().describe('On all devices together.'),
  devices: z.array(DeviceReport),
});

/** One try to load a model. */
const LoadRecord = z.object({
  at: time,
  result: z.enum(['loaded', 'failed', 'cancelled']),
  ms: z.number(),
  reason: z.string().nullable().describe('Why it failed.'),
});

/** A model's slot, as operators see it. */
export const SlotReport = z
  .object({
    id: z.string(),
    task: z.string(),
    engine: z.string(),
    state: z.enum(['unloaded', 'loading', 'ready', 'sleeping', 'waking', 'unloading', 'failed']),
    progress: z
      .object({
        stage: z.string(),
        fraction: z.number().nullable().describe('0 to 1; null where it cannot be told.'),
      })
      .nullable()
      .describe('How far a load has come.'),
    users: z.int(),
    waiters: z.int(),
    concurrency: z.int().describe('Requests that it serves at once; further ones wait.'),
    pid: z.int().nullable(),
    reason: z.string().nullable().describe('Why it failed.'),
    retry_at: time.nullable().describe('When a failed model is tried again.'),
    reserved_bytes: z.number().describe('Counted against the budgets, on all devices.'),
    measured_bytes: z.number().nullable().describe('What its process holds now, on all devices.'),
    memory: z.object({ reserved: bytesByDevice, measured: bytesByDevice.nullable(), expected: bytesByDevice }),
    last_used: time.nullable(),
    load_ms: z.number().nullable().describe('How long the last load took.'),
    loads: z.array(LoadRecord).describe('The last tries to load it, newest last.'),
    pinned: z.boolean().describe('Never unloaded but when asked.'),
    keep_alive_ms: z.number().nullable().describe('Unloads after so long without users; null keeps it.'),
    expires_at: time.nullable().describe('When it is unloaded if nobody uses it before.'),
    shrunk: z.boolean().describe('Runs with a smaller context, because the memory for its own was not to be had.'),
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

/** A request that is under way. */
export const RequestReport = z
  .object({
    id: z.string().describe('As in the header x-request-id.'),
    path: z.string(),
    model: z.string().nullable().describe('As the caller asked.'),
    answering: z.string().nullable().describe('The weights that answer, once they are known.'),
    step: z.string().nullable().describe('What is done now: `ocr`, `asr`, `chat`, `tts`.'),
    state: z.enum(['waiting', 'running']).describe('`waiting`: for a model.'),
    started_at: time,
    age_ms: z.number(),
    waited_ms: z.number().describe('For models, so far.'),
    tokens: z.int().describe('Pieces of the answer so far.'),
    stream: z.boolean(),
    priority: Priority,
    session: z.string().nullable(),
    queue_position: z
      .int()
      .nullable()
      .describe('1 is next among the requests that wait for the same model; null while none is waited for.'),
  })
  .meta({ id: 'RequestReport' });
export type RequestReport = z.infer<typeof RequestReport>;

/** `GET /admin/requests`. */
export const AdminRequests = z
  .object({ object: z.literal('list'), data: z.array(RequestReport) })
  .meta({ id: 'AdminRequests' });
export type AdminRequests = z.infer<typeof AdminRequests>;

/** `POST /admin/requests/{id}/cancel`. */
export const CancelAnswer = z.object({ id: z.string(), cancelled: z.literal(true) }).meta({ id: 'CancelAnswer' });
export type CancelAnswer = z.infer<typeof CancelAnswer>;

/** One `data:` line of `GET /admin/events`: what happened to a model. Which of the optional fields are there depends on `kind`. */
export const LifecycleReport = z
  .object({
    id: z.string().describe('Also the event’s `id:`; send it back as Last-Event-ID to go on from there.'),
    time,
    kind: z
      .string()
      .describe(
        'load-started, load-progress, loaded, load-failed, load-cancelled, unload-started, unloaded, slept, woke, crashed, ' +
          'breaker-opened, memory-kept, granted, released, refused; or gap: events before this one are no longer kept.',
      ),
    model: z.string().optional(),
    reason: z.string().optional(),
    code: z.string().optional(),
    stage: z.string().optional(),
    fraction: z.number().nullable().optional(),
    reserved: bytesByDevice.optional(),
    measured: bytesByDevice.nullable().optional(),
    freed: bytesByDevice.optional(),
    shrunk: z.boolean().optional(),
    out_of_memory: z.boolean().optional(),
    pid: z.int().optional(),
    device: z.string().optional(),
    bytes: z.number().optional(),
    holders: z.array(z.object({ pid: z.int(), command: z.string() })).optional(),
    users: z.int().optional(),
    load_ms: z.number().optional(),
    unload_ms: z.number().optional(),
    sleep_ms: z.number().optional(),
    wake_ms: z.number().optional(),
    waited_ms: z.number().optional(),
    held_ms: z.number().optional(),
    retry_at_ms: z.number().optional(),
  })
  .meta({ id: 'LifecycleReport' });
export type LifecycleReport = z.infer<typeof LifecycleReport>;

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
