import type { Software, SoftwareName } from '../../machine/software.ts';
import { compareVersions } from '../../machine/version.ts';
import type { Profile } from './profile.ts';

/** A program that a profile needs and this machine has not, or not in a version that is new enough. */
export interface SoftwareLack {
  readonly software: SoftwareName;
  readonly found: string | null;
  readonly needed: string;
  /** The command that mends it. */
  readonly mend: string;
}

const TITLES: Readonly<Record<SoftwareName, string>> = {
  cuda: 'CUDA',
  python: 'Python',
  torch: 'PyTorch',
  transformers: 'Transformers',
  sentencepiece: 'SentencePiece',
  safetensors: 'Safetensors',
  vllm: 'vLLM',
  'llama-server': 'llama-server',
};

/** What a program is called in sentences. */
export function softwareTitle(name: SoftwareName): string {
  return TITLES[name];
}

/** What pip brings along with vLLM. */
const WITH_VLLM: readonly SoftwareName[] = ['torch', 'sentencepiece', 'safetensors'];

/** Everything that keeps a profile's chat model from being started; none for profiles that run embedded models alone. */
export function softwareLacks(profile: Profile, software: Software): SoftwareLack[] {
  const needs = Object.entries(profile.needs.software) as [SoftwareName, string][];
  const lacks = needs.flatMap(([name, needed]) => {
    const found = software[name];
    if (found !== null && compareVersions(found, needed) >= 0 && !found.endsWith('+cpu')) return [];
    return [{ software: name, found, needed, mend: mendSoftware(name, software) }];
  });
  const vllm = lacks.find((lack) => lack.software === 'vllm');
  return vllm === undefined ? lacks : lacks.filter(({ software: name }) => !WITH_VLLM.includes(name));
}

/** Why a profile cannot be started and what to do about it, in one sentence; null when nothing is lacking. */
export function explainLacks(lacks: readonly SoftwareLack[]): string | null {
  const [first] = lacks;
  if (first === undefined) return null;
  const what = lacks
    .map(({ software, found, needed }) => {
      const least = needed === '0' ? '' : ` ${needed} or newer`;
      return `${TITLES[software]}${least} (${found === null ? 'not found' : `${found} found`})`;
    })
    .join(', ');
  const commands = [...new Set(lacks.map((lack) => lack.mend))].join('; ');
  return `it lacks ${what}; mend it with: ${commands}`;
}

/** The command that installs or renews a program. */
export function mendSoftware(name: SoftwareName, software: Pick<Software, 'pythonCommand'>): string {
  const pip = `${software.pythonCommand} -m pip install -U`;
  switch (name) {
    case 'cuda':
      return 'sudo apt-get install -y nvidia-driver-550 && sudo reboot';
    case 'python':
      return 'sudo apt-get install -y python3 python3-venv python3-pip';
    case 'torch':
    case 'vllm':
      return `${pip} 'vllm>=0.12'`;
    case 'transformers':
      return `${pip} --pre 'transformers>=5.0.0rc0'`;
    case 'sentencepiece':
    case 'safetensors':
      return `${pip} ${name}`;
    case 'llama-server':
      return 'brew install llama.cpp (or build it with -DGGML_CUDA=ON and put build/bin on the PATH)';
    default:
      return name satisfies never;
  }
}
