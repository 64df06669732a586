import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The path of a model's file by its catalogue name; null where it is not there. Looked for in the folder that
 * CONCERT_TEST_WEIGHTS names, then among the models of the state folder that `npm test` filled (CONCERT_TEST_HOME).
 */
export function weightFile(name: string): string | null {
  return (
    foldersOfWeights()
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path)) ?? null
  );
}

function foldersOfWeights(): string[] {
  const flat = process.env['CONCERT_TEST_WEIGHTS'] ?? '';
  const home = process.env['CONCERT_TEST_HOME'] ?? '';
  const models = home === '' ? '' : join(home, 'models');
  return [
    ...(flat === '' ? [] : [flat]),
    ...(models === '' || !existsSync(models) ? [] : readdirSync(models).map((id) => join(models, id))),
  ];
}
