import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { GatewayError } from '../../shared/errors.ts';
import { CatalogueEntry } from './catalogue-schema.ts';

/** The folder of the entries that come with the server. */
export const CATALOGUE_FOLDER = fileURLToPath(new URL('../../../catalogue', import.meta.url));

/** Every model that can be pulled and run. */
export interface Catalogue {
  readonly entries: readonly CatalogueEntry[];
  /** Throws `model_not_found` for an id that no entry has. */
  get(id: string): CatalogueEntry;
}

/**
 * Reads every `*.yaml` of the folders; an entry of a later folder replaces one of the same id, and a folder that is not
 * there counts as empty. Throws an Error naming file and key where an entry is not as the schema wants it.
 */
export function loadCatalogue(folders: string | readonly string[] = CATALOGUE_FOLDER): Catalogue {
  const byId = new Map<string, CatalogueEntry>();
  for (const folder of typeof folders === 'string' ? [folders] : folders) {
    if (!existsSync(folder)) continue;
    const names = readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort();
    for (const name of names) {
      const entry = readEntry(join(folder, name), name);
      byId.set(entry.id, entry);
    }
  }
  return catalogueOf([...byId.values()]);
}

/** A catalogue of these entries. */
export function catalogueOf(entries: readonly CatalogueEntry[]): Catalogue {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return {
    entries,
    get(id) {
      const entry = byId.get(id);
      if (entry === undefined) {
        throw new GatewayError(
          'model_not_found',
          `no model ${id} is in the catalogue; \`npx concert models\` lists those that are`,
          {
            param: 'model',
          },
        );
      }
      return entry;
    },
  };
}

function readEntry(path: string, name: string): CatalogueEntry {
  const text = readFileSync(path, 'utf8');
  let values: unknown;
  try {
    values = parseYaml(text);
  } catch (error) {
    throw new Error(`catalogue file ${name} is not valid YAML: ${(error as Error).message}`, { cause: error });
  }
  const parsed = CatalogueEntry.safeParse(values);
  if (!parsed.success) throw new Error(`catalogue file ${name}: ${parsed.error.issues.map(describeIssue).join('; ')}`);
  const fault = findFault(parsed.data);
  if (fault !== null) throw new Error(`catalogue file ${name}: ${fault}`);
  return parsed.data;
}

/** What the schema cannot say: names that must be unique or must exist. */
function findFault(entry: CatalogueEntry): string | null {
  if (entry.files.length === 0 && entry.snapshot === undefined)
    return 'files: at least one file, or a snapshot, is needed';
  const fetched = new Set(entry.files.map((file) => file.name));
  const made = entry.imports.flatMap((step) => step.makes.map((file) => file.name));
  const all = [...entry.files.map((file) => file.name), ...made];
  const twice = all.find((name, index) => all.indexOf(name) !== index);
  if (twice !== undefined) return `files: ${twice} stands there twice`;
  const unknownInput = entry.imports.flatMap((step) => step.from).find((name) => !fetched.has(name));
  if (unknownInput !== undefined) return `imports.from: ${unknownInput} is not among files`;
  const unknownLoad = entry.loads?.find((name) => !all.includes(name));
  if (unknownLoad !== undefined) return `loads: ${unknownLoad} is neither fetched nor made`;
  return null;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return `${at === '' ? '' : `${at}: `}unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  }
  return `${at === '' ? 'the entry' : at}: ${issue.message}`;
}
