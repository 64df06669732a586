import { randomUUID } from 'node:crypto';

/** Stands in every conversation of a bench: conversations are kept over restarts, and those of one run must not be found by the next. */
export const RUN_MARK: string = randomUUID().slice(0, 8);
