import type { BenchContext } from '../bench.ts';
import { type BenchServer, startBenchServer } from '../bench-server.ts';
import { engineSettings, type Limits, limitsFile } from '../limits-file.ts';
import { ChatSide } from '../stream/chat-side.ts';
import { openModels, profileOfChatModel } from '../weights.ts';
import { findLlamaServer, startLlamaServer } from './llama-server.ts';

/** Concert and llama-server with the same model, both loaded. */
export interface Pair {
  readonly sides: { readonly concert: ChatSide; readonly llama: ChatSide };
  readonly server: BenchServer;
}

/** The GGUF file of the language model. Throws BenchError when it is not there. */
export async function ggufPath(context: Pick<BenchContext, 'home' | 'model' | 'threads'>): Promise<string> {
  const models = await openModels(context.home, profileOfChatModel(context.model), context.threads);
  return Object.values(await models.files(context.model))[0] ?? '';
}

/** Starts Concert alone, with the model loaded and these limits, lends it, and stops it. */
export async function withConcert<T>(
  context: BenchContext,
  limits: Limits,
  use: (side: ChatSide, server: BenchServer) => Promise<T>,
): Promise<T> {
  using config = limitsFile({ more: engineSettings(context, {}), ...limits });
  const profile = profileOfChatModel(context.model);
  await openModels(context.home, profile, context.threads, config.path);
  const flags = ['--preload', context.model, '--idle-unload', 'never', '--config', config.path];
  const server = await startBenchServer(context, profile, flags);
  try {
    const enginePid = await server.workerPid(context.model);
    const side = new ChatSide({
      url: server.url,
      model: context.model,
      enginePid,
      serverPid: server.pid,
      keepAlive: false,
    });
    try {
      return await use(side, server);
    } finally {
      side.close();
    }
  } finally {
    await server.stop();
  }
}

/** Starts both with the same limits, lends them, and stops them. */
export async function withPair<T>(context: BenchContext, limits: Limits, use: (pair: Pair) => Promise<T>): Promise<T> {
  const program = findLlamaServer(context.llamaServer).server;
  const path = await ggufPath(context);
  return withConcert(context, limits, async (concert, server) => {
    const peer = await startLlamaServer({ ...limits, program, path, threads: context.threads });
    const llama = new ChatSide({
      url: peer.url,
      model: context.model,
      enginePid: peer.pid,
      serverPid: null,
      keepAlive: false,
    });
    try {
      return await use({ sides: { concert, llama }, server });
    } finally {
      llama.close();
      await peer.stop();
    }
  });
}
