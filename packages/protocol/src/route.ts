import { z } from 'zod';

/** What one step of an answer took. */
export const StepReport = z
  .object({
    step: z.string(),
    model: z.string(),
    start_ms: z.number().describe('From the start of the request.'),
    duration_ms: z.number(),
    detail: z.string().optional(),
  })
  .meta({ id: 'StepReport' });
export type StepReport = z.infer<typeof StepReport>;

/** The plan that was run, returned as `concert.plan` when `concert.trace` was asked. */
export const PlanReport = z
  .object({
    route: z.string(),
    reason: z.string(),
    confidence: z.number().min(0).max(1),
    steps: z.array(StepReport),
  })
  .meta({ id: 'PlanReport' });
export type PlanReport = z.infer<typeof PlanReport>;

/** The plan that a chat request would run. */
export const RouteAnswer = z
  .object({
    object: z.literal('concert.route'),
    route: z.string(),
    reason: z.string(),
    confidence: z.number().min(0).max(1),
    steps: z.array(z.string()),
  })
  .meta({ id: 'RouteAnswer' });
export type RouteAnswer = z.infer<typeof RouteAnswer>;
