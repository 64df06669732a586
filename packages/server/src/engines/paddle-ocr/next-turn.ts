/**
 * Lets messages in, a cancellation among them, because the networks run on the process's only thread. Throws the
 * signal's reason once it aborted.
 */
export async function nextTurn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
