/** The program of an import's own process: an importer may block or take much memory without harming the server. */
import type { Importer } from './importer.ts';
import type { FromImport, ToImport } from './run-import.ts';

function send(message: FromImport): void {
  if (process.connected) process.send?.(message);
}

async function start(message: ToImport): Promise<void> {
  try {
    if (!/^[a-z0-9-]+$/.test(message.importer)) throw new Error(`bad importer name ${message.importer}`);
    const here = import.meta.url;
    const extension = here.endsWith('.ts') ? 'ts' : 'js';
    const module = (await import(new URL(`./${message.importer}.${extension}`, here).href)) as { runImport: Importer };
    // The parent cancels by ending this process.
    const signal = new AbortController().signal;
    await module.runImport({
      inputs: message.inputs,
      outputs: message.outputs,
      signal,
      onProgress: (doneFraction) => send({ kind: 'progress', doneFraction }),
    });
    send({ kind: 'done' });
  } catch (error) {
    send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

process.once('message', (message: ToImport) => void start(message));
process.on('disconnect', () => process.exit(0));
