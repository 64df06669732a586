import { z } from 'zod';
import { GatewayError } from '../../shared/errors.ts';

const tag = z.string().min(2).max(64);

/** How a model thinks; the key `reasoning` of its settings. */
const ReasoningSettings = z
  .strictObject({
    /**
     * `native`: it was trained to think, between its tags; `prompted`: it is told to when a caller wants it; `none`: it can't, and is not
     * asked to.
     */
    style: z.enum(['native', 'prompted', 'none']).default('prompted'),
    /**
     * What happens to its thoughts where the caller does not ask for them: `raw` leaves them in the text with their tags, `split` tells them
     * beside it, `hidden` tells them not at all.
     */
    output: z.enum(['raw', 'split', 'hidden']).default('hidden'),
    open: tag.default('<think>'),
    close: tag.default('</think>'),
    /** Most tokens of thinking where the caller says nothing; null: 1024 for prompted thinking, no limit for native. */
    budgetTokens: z.int().min(1).nullable().default(null),
    /** The variable of the chat template that turns native thinking on and off, such as `enable_thinking`. */
    templateVariable: z.string().min(1).nullable().default(null),
    /** Whether the chat template writes the open tag itself, so that the text begins inside thinking. */
    templateOpens: z.boolean().default(false),
    /** Marks that are no part of the answer and are taken out of it. */
    cleanup: z
      .strictObject({
        /** Wherever they stand. */
        anywhere: z.array(tag).default([]),
        /** At the end of the answer, with the white space around them. */
        atEnd: z.array(tag).default([]),
      })
      .prefault({}),
  })
  .prefault({});

/** How a model thinks, and who tells its thoughts from its answer. */
export interface ReasoningProfile extends Readonly<z.infer<typeof ReasoningSettings>> {
  /** Whether its engine splits thoughts from the answer already. */
  readonly splitByEngine: boolean;
}

/** The profile that a model's settings give. Throws `model_failed` with a sentence where they are wrong. */
export function reasoningProfile(modelId: string, settings: Readonly<Record<string, unknown>>): ReasoningProfile {
  const parsed = ReasoningSettings.safeParse(settings['reasoning']);
  if (!parsed.success) {
    throw new GatewayError(
      'model_failed',
      `the setting \`reasoning\` of the model ${modelId} is wrong: ${z.prettifyError(parsed.error)}`,
    );
  }
  const parser = settings['reasoningParser'];
  return { ...parsed.data, splitByEngine: typeof parser === 'string' && parser !== 'none' };
}
