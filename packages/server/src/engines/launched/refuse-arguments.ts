import { GatewayError } from '../../shared/errors.ts';

/** Flags that the settings may not pass on, each with the reason. */
export type RefusedFlags = Readonly<Record<string, string>>;

/**
 * Checks arguments that a configuration adds to an engine's command line. Throws `model_failed` naming the first flag that would
 * break what the server promises: spelled with underscores, with `=`, or shortened as far as argparse allows.
 */
export function refuseArguments(modelId: string, args: readonly string[], refused: RefusedFlags): void {
  for (const argument of args) {
    if (!argument.startsWith('-')) continue;
    const name = argument.split('=')[0]?.replaceAll('_', '-').split('.')[0] ?? '';
    const flag = Object.keys(refused).find(
      (candidate) => candidate === name || (name.startsWith('--') && name.length > 3 && candidate.startsWith(name)),
    );
    if (flag === undefined) continue;
    throw new GatewayError(
      'model_failed',
      `the settings of the model ${modelId} may not pass ${argument.split('=')[0]} to its engine: ${refused[flag]}; remove it from \`args\``,
    );
  }
}
