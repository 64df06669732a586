import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The release of the platform packages whose headers `native.ts` describes; another one may lay its structs out differently. */
export const PACKAGE_VERSION = '3.22.1';

/** llama.cpp's shared libraries, in the order in which they must be loaded. */
export interface NativeLibraries {
  /** Where the CPU variants and other backends lie beside them. */
  readonly folder: string;
  readonly files: readonly string[];
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-armv7l',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

/** The package that carries llama.cpp for a machine, or null where none is published. */
export function platformPackage(platform: string, arch: string): string | null {
  const name = PACKAGES[`${platform}-${arch}`];
  return name === undefined ? null : `@node-llama-cpp/${name}`;
}

/** Picks ggml-base, ggml and llama from a folder's file names, whatever their prefix and version; throws when one is missing. */
export function pickLibraries(names: readonly string[]): readonly string[] {
  return ['ggml-base', 'ggml', 'llama'].map((stem) => {
    const pattern = new RegExp(`^(lib)?${stem}(\\.v?[0-9.]+[0-9])?\\.(so|dylib|dll)$`);
    const found = names.find((name) => pattern.test(name));
    if (found === undefined) throw new Error(`the llama.cpp package lacks the library ${stem}; install it again`);
    return found;
  });
}

/** Finds the installed libraries of this machine; throws one sentence that names the package to install. */
export function findLibraries(): NativeLibraries {
  const name = platformPackage(process.platform, process.arch);
  if (name === null) {
    throw new Error(
      `the embedded chat engine has no build for ${process.platform} on ${process.arch}; configure an upstream instead`,
    );
  }
  let entry: string;
  try {
    entry = fileURLToPath(import.meta.resolve(name));
  } catch (cause) {
    throw new Error(`the package ${name} is not installed; run: npm install ${name}@${PACKAGE_VERSION}`, { cause });
  }
  const bins = join(dirname(entry), '..', 'bins');
  const build = readdirSync(bins)[0];
  if (build === undefined)
    throw new Error(`the package ${name} is incomplete; run: npm install ${name}@${PACKAGE_VERSION}`);
  const folder = join(bins, build);
  return { folder, files: pickLibraries(readdirSync(folder)).map((file) => join(folder, file)) };
}
