import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { GatewayError } from '../../shared/errors.ts';
import { type EngineProcess, howEnded, type StartEngine, type StartEngineOptions } from '../engine-process.ts';
import { createPrivateFolder, type EngineAddress, handOutAddress, type PrivateFolder } from './engine-address.ts';
import { EngineControl } from './engine-control.ts';
import { LaunchedEngine } from './launched-engine.ts';
import { LaunchedProcess } from './launched-process.ts';
import type { Launch, Launcher } from './launcher.ts';
import { FailureFinder, LoadFollower } from './log-rules.ts';
import { countOomKills } from './oom-kills.ts';
import { plainReason } from './plain-reason.ts';

/** Another program may take the port in the moment between its hand-out and the engine's start. */
const MOST_ATTEMPTS = 3;
const FIRST_POLL_MS = 100;
const LONGEST_POLL_MS = 1_000;

/** Starts models with this engine: one group of foreign processes for each, that answers on this machine alone. */
export function startLaunched(launcher: Launcher, clock: Clock = systemClock): StartEngine {
  return async (start) => {
    start.signal.throwIfAborted();
    const installed = await launcher.ask(start.options, start.signal);
    const warning = launcher.warning?.(installed) ?? null;
    if (warning !== null) start.log.warn({}, warning);
    for (let attempt = 1; ; attempt++) {
      const started = await tryStart({ launcher, clock, start, installed });
      if (started !== 'port-taken') return started;
      start.log.warn({ attempt }, `${launcher.title}: its port was taken by another program`);
      if (attempt === MOST_ATTEMPTS) {
        throw new GatewayError('model_failed', `${launcher.title} found no free port of 127.0.0.1; try again`);
      }
    }
  };
}

interface TryStart {
  readonly launcher: Launcher;
  readonly clock: Clock;
  readonly start: StartEngineOptions;
  readonly installed: string;
}

async function tryStart({ launcher, clock, start, installed }: TryStart): Promise<EngineProcess | 'port-taken'> {
  const { options, log, signal } = start;
  const settings = launcher.settings(options.settings);
  const folder = createPrivateFolder();
  const failure = new FailureFinder();
  const progress = new LoadFollower(launcher.logRules, start.onProgress);
  let launched: LaunchedProcess | null = null;
  let control: EngineControl | null = null;
  const killsBefore = await countOomKills();
  try {
    const address = await handOutAddress(launcher.listen(options.settings), folder);
    const launch = launcher.launch({
      options,
      address,
      folder,
      installed,
      apiKey: randomBytes(32).toString('base64url'),
      ...gpusOf(start),
    });
    const command = [launch.command.file, ...launch.command.args].join(' ');
    log.info({ command }, `Starting ${launcher.title} for the model ${options.modelId}`);
    let loading = true;
    launched = new LaunchedProcess({
      command: launch.command,
      logFile: start.logFile ?? null,
      graceMs: settings.stopGraceMs,
      clock,
      log,
      onStarted: start.onStarted,
      onLine(line) {
        if (!loading) return;
        failure.read(line);
        progress.read(line);
      },
    });
    control = new EngineControl(address, launch.apiKey);
    const end = await untilReady(launched, control, launch.dialect.servedName, signal);
    loading = false;
    if (end === 'ended') {
      if (failure.bindFailed && address.port !== 0) return 'port-taken';
      throw loadError(launcher, options.modelId, launched, {
        log: failure,
        killed: (await countOomKills()) > killsBefore,
      });
    }
    if (launcher.workers !== null) await launched.watchWorkers(launcher.workers);
    return keep({ launched, control, folder, launch, address, start, clock, settings });
  } catch (error) {
    await launched?.close();
    signal.throwIfAborted();
    throw error;
  } finally {
    if (launched === null || launched.ending) {
      await launched?.exited;
      await control?.close();
      folder[Symbol.dispose]();
    }
  }
}

interface Keep {
  readonly launched: LaunchedProcess;
  readonly control: EngineControl;
  readonly folder: PrivateFolder;
  readonly launch: Launch;
  readonly address: EngineAddress;
  readonly start: StartEngineOptions;
  readonly clock: Clock;
  readonly settings: { readonly unresponsiveMs: number };
}

function keep({ launched, control, folder, launch, address, start, clock, settings }: Keep): EngineProcess {
  const engine = new LaunchedEngine({
    modelId: start.options.modelId,
    process: launched,
    control,
    address,
    launch,
    clock,
    unresponsiveMs: settings.unresponsiveMs,
  });
  void launched.exited.then(() => folder[Symbol.dispose]());
  return engine;
}

/** Waits for health and for the engine to know the model's name: a slow load is a load, only its own end or the caller ends it. */
async function untilReady(
  launched: LaunchedProcess,
  control: EngineControl,
  servedName: string,
  signal: AbortSignal,
): Promise<'ready' | 'ended'> {
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 1.3, LONGEST_POLL_MS)) {
    signal.throwIfAborted();
    if (launched.ending) {
      await launched.exited;
      return 'ended';
    }
    if ((await control.health(signal)) === 'well' && (await control.serves(servedName, signal))) return 'ready';
    await Promise.race([launched.exited, sleep(pollMs, undefined, { signal }).catch(() => undefined)]);
  }
}

function loadError(
  launcher: Launcher,
  modelId: string,
  launched: LaunchedProcess,
  failure: {
    readonly log: FailureFinder;
    /** Whether the kernel killed a process for want of memory meanwhile. */
    readonly killed: boolean;
  },
): GatewayError {
  const lastWords = launched.ended?.lastWords ?? [];
  const cause = new Error(lastWords.join('\n') || 'the engine wrote nothing');
  if (failure.log.outOfMemory !== null || failure.killed) {
    const why = failure.log.outOfMemory === null ? 'the system killed it' : plainReason(failure.log.outOfMemory);
    return new GatewayError(
      'out_of_memory',
      `the model ${modelId} does not fit into the memory that it was given (${why}); ` +
        'give it a shorter context, or free memory',
      { cause },
    );
  }
  const said = failure.log.error ?? lastWords.at(-1) ?? null;
  const how = launched.ended === null ? 'ended' : howEnded(launched.ended);
  return new GatewayError(
    'model_failed',
    `${launcher.title} ${how} while it loaded the model ${modelId}` +
      `${said === null ? '' : `: ${plainReason(said)}`}; its own log says more`,
    { retryAfterSeconds: 1, cause },
  );
}

/** The GPUs of a start. Engines are told one share of memory for all: where they differ, the one that keeps to every reservation. */
function gpusOf(start: StartEngineOptions): {
  readonly gpus: readonly string[];
  readonly gpuBytes: number | null;
  readonly reservedBytes: number | null;
} {
  // Besides those with memory of their own, those that share the machine's: nothing is counted on them.
  const devices = start.options.gpus;
  const known = devices.map((device) => start.gpus?.find((gpu) => gpu.id === device));
  const totals = known.flatMap((gpu) => (gpu === undefined ? [] : [gpu.totalBytes]));
  const reserved = devices.flatMap((device) => start.reserved[device] ?? []);
  return {
    gpus: devices.map((device, at) => {
      const { uuid = null, index = device.slice('gpu:'.length) } = known[at] ?? {};
      // A part of a card has a name but no number.
      return uuid?.startsWith('MIG-') === true ? uuid : String(index);
    }),
    gpuBytes: totals.length < devices.length || totals.length === 0 ? null : Math.max(...totals),
    reservedBytes: reserved.length < devices.length || reserved.length === 0 ? null : Math.min(...reserved),
  };
}
