import { z } from 'zod';
import { readCudaVersion } from './nvidia-smi.ts';
import { outputOf, type Probe } from './probe.ts';

/** Programs and Python packages that launched engines need. */
export type SoftwareName =
  'cuda' | 'python' | 'torch' | 'transformers' | 'sentencepiece' | 'safetensors' | 'vllm' | 'llama-server';

/** The version of each; null: not found. */
export type Software = Readonly<Record<SoftwareName, string | null>> & {
  /** The Python that would run vLLM: the one that vLLM was installed for, else what the path offers. */
  readonly pythonCommand: string;
};

const PACKAGES = ['torch', 'transformers', 'sentencepiece', 'safetensors', 'vllm'] as const;
/** Reads the packages' own records: importing PyTorch takes seconds. */
const LIST_PACKAGES =
  'import json,platform;from importlib.metadata import distributions as d;' +
  `w=${JSON.stringify(PACKAGES)};` +
  "n=lambda p:(p.metadata['Name'] or '').lower();" +
  "print(json.dumps({'python':platform.python_version(),'packages':{n(p):p.version for p in d() if n(p) in w}}))";
const PythonAnswer = z.object({ python: z.string(), packages: z.record(z.string(), z.string()) });

/** Looks for the software that launched engines need. Never throws: what does not answer counts as not there. */
export async function readSoftware(probe: Probe): Promise<Software> {
  const pythonCommand = await findPython(probe);
  const [cuda, python, llamaServer] = await Promise.all([
    readCudaVersion(probe),
    outputOf(probe, pythonCommand, ['-c', LIST_PACKAGES]).then(readPython),
    readLlamaServer(probe),
  ]);
  const packages = Object.fromEntries(PACKAGES.map((name) => [name, python?.packages[name] ?? null])) as Record<
    (typeof PACKAGES)[number],
    string | null
  >;
  return { cuda, python: python?.python ?? null, ...packages, 'llama-server': llamaServer, pythonCommand };
}

/** The interpreter in the first line of the `vllm` command, which may lie in an environment of its own; else `python3`. */
async function findPython(probe: Probe): Promise<string> {
  if (probe.platform === 'win32') return 'python';
  for (const folder of (probe.env['PATH'] ?? '').split(':').filter((part) => part.startsWith('/'))) {
    const script = await probe.readText(`${folder}/vllm`);
    const interpreter = /^#!\s*(\/\S*python[\d.]*)\s*$/m.exec(script?.slice(0, 512) ?? '')?.[1];
    if (interpreter !== undefined) return interpreter;
    if (script !== null) break;
  }
  return 'python3';
}

function readPython(output: string | null): z.infer<typeof PythonAnswer> | null {
  try {
    return PythonAnswer.parse(JSON.parse(output ?? ''));
  } catch {
    return null;
  }
}

/**
 * llama.cpp counted its builds at first (`version: 7612 (abc1234)`, here `0.0.7612`) and has versions since (`version: 0.5.0-dev (build 1,
 * commit …)`); on either stream.
 */
async function readLlamaServer(probe: Probe): Promise<string | null> {
  const answer = await probe.run('llama-server', ['--version']);
  if (answer.kind !== 'done') return null;
  const version = /^version: (\d\S*)/m.exec(answer.stdout + answer.stderr)?.[1] ?? null;
  return version !== null && /^\d+$/.test(version) ? `0.0.${version}` : version;
}

/** No launched engine's software, as on a machine that was not asked. */
export const NO_SOFTWARE: Software = {
  cuda: null,
  python: null,
  torch: null,
  transformers: null,
  sentencepiece: null,
  safetensors: null,
  vllm: null,
  'llama-server': null,
  pythonCommand: 'python3',
};
