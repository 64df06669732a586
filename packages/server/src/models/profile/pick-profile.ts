import type { Machine } from '../../machine/machine.ts';
import type { Probe } from '../../machine/probe.ts';
import { readMachine } from '../../machine/read-machine.ts';
import { NO_SOFTWARE, readSoftware, type Software } from '../../machine/software.ts';
import { chooseProfile, explainMisfit, gpusFor, type ProfileChoice } from './choose-profile.ts';
import type { Profile } from './profile.ts';
import { explainLacks, softwareLacks } from './software-lacks.ts';

/** Somebody named a profile that is not there. */
export class UnknownProfileError extends Error {}

export interface PickedProfile extends ProfileChoice {
  readonly machine: Machine;
  readonly software: Software;
  /** A sentence to show where a profile that was named by hand does not suit the machine; null otherwise. */
  readonly warning: string | null;
  /** Why a profile that was named by hand cannot be started, with the command that mends it; null when it can. */
  readonly failure: string | null;
}

export interface PickProfileOptions {
  /** `auto`, or the name of a profile. */
  readonly name: string;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly probe: Probe;
  /** Models for whose engine the configuration names a command itself: its software is not looked for. */
  readonly ownCommands?: readonly string[];
}

/**
 * Looks at the machine and chooses its profile, or takes the one that is named. Launched engines' software is looked for only where
 * a GPU could use it. Throws UnknownProfileError with the sentence to show.
 */
export async function pickProfile(options: PickProfileOptions): Promise<PickedProfile> {
  const { name, probe } = options;
  const profiles = withoutOwn(options.profiles, options.ownCommands ?? []);
  const named = name === 'auto' ? null : namedProfile(name, profiles);
  const machine = await readMachine(probe);
  const asked = named === null ? machine.gpus.length > 0 : Object.keys(named.needs.software).length > 0;
  const software = asked ? await readSoftware(probe) : NO_SOFTWARE;
  const chosen = chooseProfile(machine, profiles, software);
  if (named === null) return { ...chosen, machine, software, warning: null, failure: null };
  const lacks = explainLacks(softwareLacks(named, software));
  const misfit = explainMisfit(machine, named);
  return {
    ...chosen,
    profile: named,
    reason: 'it is named by flag, environment or configuration',
    gpus: gpusFor(machine, named),
    rejected: [],
    machine,
    software,
    warning: misfit === null ? null : `This machine hardly suits it: ${misfit}`,
    failure: lacks === null ? null : `the profile ${named.id} cannot be started: ${lacks}`,
  };
}

function namedProfile(name: string, profiles: ReadonlyMap<string, Profile>): Profile {
  const profile = profiles.get(name);
  if (profile !== undefined) return profile;
  const known = `there are: auto, ${[...profiles.keys()].join(', ')}`;
  if (name === 'cluster') {
    throw new UnknownProfileError(
      `the profile cluster needs upstreams, which this version cannot be given yet; ${known}`,
    );
  }
  throw new UnknownProfileError(`there is no profile "${name}"; ${known}`);
}

function withoutOwn(
  profiles: ReadonlyMap<string, Profile>,
  ownCommands: readonly string[],
): ReadonlyMap<string, Profile> {
  return new Map(
    [...profiles].map(([id, profile]) =>
      ownCommands.includes(profile.roles.chat)
        ? [id, { ...profile, needs: { ...profile.needs, software: {} } }]
        : [id, profile],
    ),
  );
}
