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

/** The packages that also compute on GPUs, best first; where the plain package does (Metal), it is the only one. */
const GPU_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'linux-x64': ['linux-x64-cuda', 'linux-x64-vulkan'],
  'darwin-arm64': ['mac-arm64-metal'],
  'win32-x64': ['win-x64-cuda', 'win-x64-vulkan'],
};

/** The packages with which a machine's GPUs can be used, best first; none where none is published. */
export function gpuPackages(platform: string, arch: string): readonly string[] {
  return (GPU_PACKAGES[`${platform}-${arch}`] ?? []).map((name) => `@node-llama-cpp/${name}`);
}

/** What can be installed so that GPUs are used, or why they can't be: one sentence. */
export function gpuPackageAdvice(platform: string, arch: string): string {
  const [best] = gpuPackages(platform, arch);
  return best === undefined
    ? `llama.cpp has no ready build that uses GPUs on ${platform} ${arch}; the model runs on the CPU, or behind a launched llama-server`
    : `there is a GPU, but the package that uses it is not installed; run: npm install ${best}@${PACKAGE_VERSION}`;
}

/** The first of the packages that is installed; null when none is. */
export function installedPackage(
  names: readonly string[],
  isInstalled: (name: string) => boolean = resolves,
): string | null {
  return names.find(isInstalled) ?? null;
}

function resolves(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

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

/** Finds the installed libraries of this machine, with or without GPUs; throws one sentence that names the package to install. */
export function findLibraries(gpu: boolean): NativeLibraries {
  const { platform, arch } = process;
  const name = gpu ? installedPackage(gpuPackages(platform, arch)) : platformPackage(platform, arch);
  if (gpu && name === null) throw new Error(gpuPackageAdvice(platform, arch));
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
