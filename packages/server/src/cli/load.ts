import { CancelAnswer, SlotReport, UnloadAnswer } from '@concert/protocol';
import { formatBytes } from '../models/pull/format-bytes.ts';
import { EXIT } from './cli-deps.ts';
import { secondsText } from './ps.ts';
import type { RunningServerDeps } from './running-server.ts';

/** `concert load`: brings a model into memory and waits for it. Returns the exit code. */
export async function runLoad(id: string, { server, signal, print }: RunningServerDeps): Promise<number> {
  const model = await server.post(`/admin/models/${encodeURIComponent(id)}/load`, SlotReport, signal);
  const took = model.load_ms === null ? '' : `, loaded in ${secondsText(model.load_ms)}`;
  print(`${model.id} is ${model.state}: ${formatBytes(model.measured_bytes ?? model.reserved_bytes)}${took}`);
  return EXIT.fine;
}

/** `concert unload`: ends a model's process as soon as nobody uses it, and waits for its memory. Returns the exit code. */
export async function runUnload(id: string, { server, signal, print }: RunningServerDeps): Promise<number> {
  await server.post(`/admin/models/${encodeURIComponent(id)}/unload`, UnloadAnswer, signal);
  print(`${id} is unloaded`);
  return EXIT.fine;
}

/** `concert cancel`: ends a request that is under way. Returns the exit code. */
export async function runCancel(id: string, { server, signal, print }: RunningServerDeps): Promise<number> {
  await server.post(`/admin/requests/${encodeURIComponent(id)}/cancel`, CancelAnswer, signal);
  print(`${id} is cancelled`);
  return EXIT.fine;
}
