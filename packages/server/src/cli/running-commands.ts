import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { runCancel, runLoad, runUnload } from './load.ts';
import { runPs } from './ps.ts';
import { RunningServer, type RunningServerDeps, serverUrl } from './running-server.ts';
import { runTop } from './top.ts';

const REFRESH_MS = 1_000;

interface AddressFlags {
  readonly url?: string;
  readonly config?: string;
  readonly port?: string;
}

/** Adds the commands that speak to a running server; each hands its exit code to `finish`. */
export function addRunningCommands(concert: Command, finish: (code: number) => void): void {
  const add = (usage: string, description: string): Command =>
    concert
      .command(usage)
      .description(description)
      .option('--url <address>', 'where the server runs, such as http://127.0.0.1:8000; by default as configured')
      .option('--config <file>', 'the configuration file that the server was started with')
      .option('--port <number>', 'the port that the server was started with');
  add('ps', 'show the models of the running server: state, users, memory').action(async (flags: AddressFlags) =>
    finish(await runPs(openServer(flags))),
  );
  add('load <model>', 'load a model of the running server').action(async (id: string, flags: AddressFlags) =>
    finish(await runLoad(id, openServer(flags))),
  );
  add('unload <model>', 'unload a model of the running server').action(async (id: string, flags: AddressFlags) =>
    finish(await runUnload(id, openServer(flags))),
  );
  add('cancel <request>', 'end a request that is under way; `concert top` shows their ids').action(
    async (id: string, flags: AddressFlags) => finish(await runCancel(id, openServer(flags))),
  );
  add('top', 'watch models, memory and requests of the running server').action(async (flags: AddressFlags) =>
    finish(await runTop({ ...openServer(flags), screen: process.stdout, keys: process.stdin, refreshMs: REFRESH_MS })),
  );
}

function openServer(flags: AddressFlags): RunningServerDeps {
  const { server } = loadConfig({ config: flags.config, port: flags.port });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped')));
  process.once('SIGTERM', () => stop.abort(new Error('stopped')));
  return {
    server: new RunningServer(serverUrl({ url: flags.url, host: server.host, port: server.port })),
    signal: stop.signal,
    print: (line) => console.log(line),
  };
}
