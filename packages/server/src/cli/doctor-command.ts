import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { loadConfig, ownCommands, type ServeFlags } from '../config.ts';
import { ConfigError } from '../config-values.ts';
import { systemProbe } from '../machine/probe.ts';
import { loadRecording, replayProbe } from '../machine/recording.ts';
import { CATALOGUE_FOLDER, loadCatalogue } from '../models/catalogue/catalogue.ts';
import { UnknownProfileError } from '../models/profile/pick-profile.ts';
import { FileStore } from '../models/store/store.ts';
import { type DoctorArgs, runDoctor } from './doctor.ts';
import { terminalLog } from './terminal-log.ts';

interface DoctorFlags extends ServeFlags, Partial<DoctorArgs> {
  readonly replay?: string;
}

/** Adds `doctor`, which takes the flags of `serve` too and looks at what they would need. */
export function addDoctorCommand(
  concert: Command,
  serveOptions: (command: Command) => Command,
  finish: (code: number) => void,
): void {
  const doctor = concert
    .command('doctor')
    .description(
      'look at this machine: what is needed, what was found, and how to mend it; the exit code is 1 or 2 when something is wrong',
    )
    .option('--json', 'print JSON, as docs/doctor.md describes it')
    .option('--brief', 'print only the machine, the profile, and what is wrong')
    .addOption(new Option('--replay <file>', 'look at the recorded answers of another machine').hideHelp());
  serveOptions(doctor).action(async (flags: DoctorFlags) => finish(await doctorWith(flags)));
}

async function doctorWith(flags: DoctorFlags): Promise<number> {
  const config = loadConfig(flags);
  const log = terminalLog((line) => process.stderr.write(line));
  const catalogue = loadCatalogue([CATALOGUE_FOLDER, join(config.home, 'catalogue')]);
  const recording = flags.replay === undefined ? null : loadRecording(flags.replay);
  if (recording !== null && flags.json === true)
    process.stderr.write(`Recorded answers of another machine: ${recording.title}\n`);
  try {
    return await runDoctor(
      { json: flags.json === true, brief: flags.brief === true },
      {
        config,
        ownCommands: ownCommands(config),
        store: new FileStore({ home: config.home, catalogue, log }),
        probe: recording === null ? systemProbe(config.machineEnvironment) : replayProbe(recording),
        recorded: recording?.title ?? null,
        // Asks for NO_COLOR itself.
        colour: process.stdout.isTTY && process.stdout.hasColors(),
        print: (text) => console.log(text),
      },
    );
  } catch (error) {
    if (error instanceof UnknownProfileError) throw new ConfigError(error.message, { cause: error });
    throw error;
  }
}
