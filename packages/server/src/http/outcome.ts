import type { ServerResponse } from 'node:http';

const statuses = new WeakMap<ServerResponse, number>();
const models = new WeakMap<ServerResponse, () => string | null>();

/** Remembers how an answer really ended where neither its status, sent long before, nor the connection's end tells. */
export function recordOutcome(response: ServerResponse, status: number): void {
  statuses.set(response, status);
}

/** The status that counts for logs and metrics; `seen` is what the connection tells. */
export function outcomeOf(response: ServerResponse, seen: number): number {
  return statuses.get(response) ?? seen;
}

/** Remembers how to learn, at the end, which model answered. */
export function recordModel(response: ServerResponse, model: () => string | null): void {
  models.set(response, model);
}

/** The model that answered; empty where none did. */
export function modelOf(response: ServerResponse): string {
  return models.get(response)?.() ?? '';
}
