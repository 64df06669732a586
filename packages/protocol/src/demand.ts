import { z } from 'zod';

/** Who goes first when several requests wait for a model. */
export const Priority = z.enum(['low', 'normal', 'high']);
export type Priority = z.infer<typeof Priority>;

/** How long a model stays loaded once nobody uses it; as Ollama's field of that name. */
export const KeepAlive = z
  .union([z.number(), z.string().min(1).meta({ pattern: '^\\s*-?(\\d+(\\.\\d+)?|(\\d+(\\.\\d+)?(ms|s|m|h))+)\\s*$' })])
  .describe('How long the model stays loaded afterwards: `0` unloads it, `-1` keeps it, `"5m"`, `"90s"`, or seconds.');
export type KeepAlive = z.infer<typeof KeepAlive>;

/** `POST /admin/models/{id}/keep-alive`. */
export const KeepAliveRequest = z.object({ keep_alive: KeepAlive }).meta({ id: 'KeepAliveRequest' });
export type KeepAliveRequest = z.infer<typeof KeepAliveRequest>;
