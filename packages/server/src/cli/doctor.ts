import type { Config } from '../config.ts';
import { readGpuUse } from '../machine/gpu-processes.ts';
import type { GpuUse } from '../machine/machine.ts';
import { readSoftware } from '../machine/software.ts';
import { readOpenFilesLimit } from '../machine/open-files.ts';
import type { Probe } from '../machine/probe.ts';
import { type PickedProfile, pickProfile } from '../models/profile/pick-profile.ts';
import { loadProfiles, profileModels } from '../models/profile/profile.ts';
import type { FileStore } from '../models/store/store.ts';
import { readLocalFacts } from './doctor-local.ts';
import { checkInstallation } from './doctor-local-checks.ts';
import { checkMachine } from './doctor-machine-checks.ts';
import { type DoctorReport, worstLevel } from './doctor-report.ts';
import { formatReport } from './doctor-table.ts';

export interface DoctorDeps {
  readonly config: Pick<Config, 'profile' | 'server'>;
  /** Models for whose engine the configuration names a command itself. */
  readonly ownCommands: readonly string[];
  readonly store: FileStore;
  /** This machine, or the recording of another. */
  readonly probe: Probe;
  /** The recording's title; null: this machine is looked at. */
  readonly recorded: string | null;
  readonly colour: boolean;
  print(text: string): void;
}

export interface DoctorArgs {
  readonly json: boolean;
  readonly brief: boolean;
}

/** Exit codes by the worst finding. */
const EXIT_BY_LEVEL = { ok: 0, warn: 1, fail: 2 } as const satisfies Record<DoctorReport['level'], number>;

/**
 * `concert doctor`: looks at the machine and this installation, prints what was found, needed and mends it, and returns the exit code:
 * 0 fine, 1 something to look at, 2 something fails. Changes nothing. Throws UnknownProfileError.
 */
export async function runDoctor(args: DoctorArgs, deps: DoctorDeps): Promise<number> {
  const { config, probe, store, ownCommands } = deps;
  const [chosen, software, uses, openFiles] = await Promise.all([
    pickProfile({ name: config.profile, profiles: loadProfiles(), probe, ownCommands }),
    readSoftware(probe),
    readGpuUse(probe),
    readOpenFilesLimit(probe),
  ]);
  // Told even where no profile asks for it: somebody may want to know what a better one would need.
  const picked = { ...chosen, software };
  const { host, port } = config.server;
  const models = profileModels(picked.profile);
  const local = deps.recorded === null ? await readLocalFacts({ probe, store, models, host, port }) : null;
  const checks = [
    ...checkMachine(picked, uses, openFiles),
    ...checkInstallation({ profile: picked.profile, machine: picked.machine, local }),
  ];
  const report = reportOf(picked, uses, {
    recorded: deps.recorded,
    engine: store.catalogue.get(picked.profile.roles.chat).engine,
    level: worstLevel(checks),
    chosenBy: config.profile === 'auto' ? 'machine' : 'name',
    checks,
  });
  deps.print(
    args.json
      ? JSON.stringify(report, null, 2)
      : formatReport(report, picked.machine.gpus, { ...args, colour: deps.colour }),
  );
  return EXIT_BY_LEVEL[report.level];
}

interface Outcome extends Pick<DoctorReport, 'recorded' | 'level' | 'checks'> {
  readonly engine: string;
  readonly chosenBy: DoctorReport['profile']['chosen_by'];
}

function reportOf(picked: PickedProfile, uses: readonly GpuUse[], outcome: Outcome): DoctorReport {
  const { machine, profile } = picked;
  return {
    schema: 1,
    recorded: outcome.recorded,
    level: outcome.level,
    machine: {
      platform: machine.platform,
      arch: machine.arch,
      board: machine.board?.model ?? null,
      container: machine.container,
      processor: machine.cpuModel,
      cores: machine.cores,
      host_cores: machine.hostCores,
      total_bytes: machine.totalBytes,
      free_bytes: machine.freeBytes,
      limits: machine.limits === null ? null : { memory_bytes: machine.limits.memoryBytes, cpus: machine.limits.cpus },
      numa_nodes: machine.numaNodes,
      gpus: machine.gpus.map((gpu) => ({
        id: gpu.id,
        uuid: gpu.uuid,
        vendor: gpu.vendor,
        name: gpu.name,
        total_bytes: gpu.totalBytes,
        free_bytes: gpu.freeBytes,
        driver: gpu.driver,
        compute_capability: gpu.computeCapability,
        numa_node: gpu.numaNode,
        unified: gpu.unified,
      })),
      gpu_absence: machine.gpuAbsence,
      gpu_processes: uses.map(({ device, pid, bytes, command }) => ({ gpu: device, pid, bytes, command })),
    },
    profile: {
      id: profile.id,
      title: profile.title,
      chat_model: profile.roles.chat,
      engine: outcome.engine,
      chosen_by: outcome.chosenBy,
      reason: picked.reason,
      gpus: picked.gpus.map((gpu) => gpu.id),
      warning: picked.warning,
      rejected: picked.rejected.map((rejected) => ({ ...rejected })),
    },
    checks: outcome.checks,
  };
}
