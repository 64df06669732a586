import { openSources, type SourceSettings } from './open-sources.ts';
import { type Profile, profileModels } from '../profile/profile.ts';
import { type PullOptions, pullModels, type PullReport } from './pull.ts';

export interface PullProfileOptions extends Omit<PullOptions, 'sources'> {
  readonly sources: SourceSettings;
}

/** Pulls what a profile needs; quick where everything is there. Throws and reports as `pullModels` does. */
export async function pullProfile(profile: Profile, options: PullProfileOptions): Promise<PullReport> {
  await using open = openSources(options.sources, options.store, options.log);
  return await pullModels(profileModels(profile), { ...options, sources: open.sources });
}
