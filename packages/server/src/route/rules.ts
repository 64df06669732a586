import { z } from 'zod';

/** Where a request begins, in the words of the architecture: a specialist first, or the central model at once. */
const ROUTES = ['ASR_SERVICE', 'OCR_SERVICE', 'SELF_INFER'] as const;
export type Route = (typeof ROUTES)[number];

const Modality = z.enum(['text', 'image', 'audio']);
export type Modality = z.infer<typeof Modality>;

/** Chosen when the caller's turn has all of `has` and none of `lacks`; an empty rule always fits. */
export const RoutingRule = z.strictObject({
  route: z.enum(ROUTES),
  has: z.array(Modality).default([]),
  lacks: z.array(Modality).default([]),
});
export type RoutingRule = z.infer<typeof RoutingRule>;

/** The architecture's three rules, in its order. */
export const DEFAULT_RULES: readonly RoutingRule[] = [
  { route: 'ASR_SERVICE', has: ['audio'], lacks: [] },
  { route: 'OCR_SERVICE', has: ['image'], lacks: ['text'] },
  { route: 'SELF_INFER', has: [], lacks: [] },
];

/** The first rule that fits and its place in the list; null when none does. */
export function matchRule(
  rules: readonly RoutingRule[],
  present: ReadonlySet<Modality>,
): { rule: RoutingRule; index: number } | null {
  const index = rules.findIndex(
    (rule) =>
      rule.has.every((modality) => present.has(modality)) && !rule.lacks.some((modality) => present.has(modality)),
  );
  const rule = rules[index];
  return rule === undefined ? null : { rule, index };
}
