#!/usr/bin/env node
/** The program `concert`. Exit codes: 0 fine, 1 failed, 2 used wrongly; those of `doctor` stand there. */
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { loadConfig, type ServeFlags } from '../config.ts';
import { ConfigError } from '../config-values.ts';
import { systemProbe } from '../machine/probe.ts';
import { CATALOGUE_FOLDER, loadCatalogue } from '../models/catalogue/catalogue.ts';
import { sourceSettings } from '../models/pull/open-sources.ts';
import { FileStore } from '../models/store/store.ts';
import { GatewayError } from '../shared/errors.ts';
import { type CliDeps, EXIT } from './cli-deps.ts';
import { runModels } from './models.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { ProgressView } from './progress.ts';
import { type PullArgs, runPull } from './pull.ts';
import { addRunningCommands } from './running-commands.ts';
import { terminalLog } from './terminal-log.ts';
import { runVerify } from './verify.ts';

function openDeps(): CliDeps {
  const config = loadConfig();
  const stop = new AbortController();
  process.once('SIGINT', () =>
    stop.abort(new Error('stopped; what was fetched is kept, and the next pull goes on from there')),
  );
  process.once('SIGTERM', () =>
    stop.abort(new Error('stopped; what was fetched is kept, and the next pull goes on from there')),
  );
  const log = terminalLog((line) => process.stderr.write(line));
  const catalogue = loadCatalogue([CATALOGUE_FOLDER, join(config.home, 'catalogue')]);
  return {
    store: new FileStore({ home: config.home, catalogue, log }),
    sources: sourceSettings(config),
    keepImported: config.weights.keep_imported,
    profile: config.profile,
    probe: systemProbe(config.machineEnvironment),
    log,
    signal: stop.signal,
    print: (line) => console.log(line),
    progress: process.stderr,
  };
}

async function serve(flags: ServeFlags): Promise<number> {
  // The server's modules take time to load, which the other commands need not spend.
  const { runServe } = await import('./run-serve.ts');
  const view = new ProgressView(process.stderr);
  try {
    await runServe(flags, { onPull: view.onProgress, output: view.wrapOutput(process.stdout) });
    return EXIT.fine;
  } finally {
    view.end();
  }
}

function withServeOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file')
    .option('--host <address>', 'address to bind (127.0.0.1)')
    .option('--port <number>', 'port to bind (8000)')
    .option('--profile <name>', 'set of models: auto, gpu-pair, gpu-single, gpu-small, laptop, edge')
    .option('--preload <ids>', 'models to load at the start, separated by commas')
    .option('--idle-unload <time>', 'unload a model after so long without users: 90s, 5m, never')
    .option('--memory-budget <size>', 'most memory for all models: 4GiB, auto')
    .option('--threads <number>', 'CPU threads of each model')
    .option('--log-file <file>', 'where the log is kept')
    .option('--log-level <level>', 'debug, info, warn or error');
}

/** Defines the commands; each sets the exit code that `main` returns. */
function program(finish: (code: number) => void): Command {
  const concert = new Command('concert')
    .description(
      'A self-hosted, OpenAI-compatible server in which a central model leads OCR, speech recognition and speech.',
    )
    .exitOverride();
  withServeOptions(concert.command('serve').description('pull what is missing, then serve until stopped')).action(
    async (flags: ServeFlags) => finish(await serve(flags)),
  );
  addDoctorCommand(concert, withServeOptions, finish);
  concert
    .command('pull')
    .description('fetch and verify models: those named, or those of a profile')
    .argument('[ids...]', 'models, as `npx concert models` lists them')
    .option('--profile <name>', 'the models of a profile, beside those named')
    .option('--from-dir <folder>', 'take the model from a folder, such as a cloned hub repository')
    .option('--all', 'every model whose digests the catalogue knows')
    .action(async (ids: string[], options: Omit<PullArgs, 'ids'>) =>
      finish(await runPull({ ids, ...options }, openDeps())),
    );
  concert
    .command('verify')
    .description('read every byte of pulled models and compare digests')
    .argument('[ids...]', 'models; all by default')
    .action(async (ids: string[]) => finish(await runVerify({ ids }, openDeps())));
  concert
    .command('models')
    .description('list the models of the catalogue and which are here')
    .action(async () => finish(await runModels(openDeps())));
  addRunningCommands(concert, finish);
  return concert;
}

async function main(args: readonly string[]): Promise<number> {
  let code: number = EXIT.fine;
  try {
    await program((result) => (code = result)).parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has already said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    console.error(`concert: ${(error as Error).message}`);
    if (error instanceof TypeError) console.error(error.stack);
    return error instanceof ConfigError || (error instanceof GatewayError && error.code === 'model_not_found')
      ? EXIT.usage
      : EXIT.failed;
  }
}

process.exitCode = await main(process.argv.slice(2));
