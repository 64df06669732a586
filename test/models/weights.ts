import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The path of a model's file by its catalogue name, in the folder that CONCERT_TEST_WEIGHTS names; null where it is not there. */
export function weightFile(name: string): string | null {
  const folder = process.env['CONCERT_TEST_WEIGHTS'];
  if (folder === undefined || folder === '') return null;
  const path = join(folder, name);
  return existsSync(path) ? path : null;
}
