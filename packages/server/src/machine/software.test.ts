import { describe, expect, test } from 'vitest';
import { recordedMachine } from './test-machines.ts';
import { loadRecording, replayProbe } from './recording.ts';
import { readSoftware } from './software.ts';

describe('software of launched engines', () => {
  test('is asked of the Python that vLLM was installed for', async () => {
    expect(await readSoftware(recordedMachine('two-rtx-4090'))).toEqual({
      cuda: '12.4',
      python: '3.12.7',
      torch: '2.9.0',
      transformers: '5.0.0rc0',
      sentencepiece: '0.2.1',
      safetensors: '0.7.0',
      vllm: '0.12.0',
      'llama-server': null,
      pythonCommand: '/opt/vllm/bin/python3',
    });
  });

  test('is asked of python3 where there is no vLLM, and what does not answer is not there', async () => {
    expect(await readSoftware(recordedMachine('two-rtx-4090-without-vllm'))).toMatchObject({
      python: '3.10.12',
      vllm: null,
      pythonCommand: 'python3',
    });
    expect(await readSoftware(recordedMachine('container-4gib'))).toMatchObject({ python: null, cuda: null });
  });

  test('takes the CUDA version from the head of the table where the driver is too old to be asked for it', async () => {
    expect((await readSoftware(recordedMachine('rtx-a6000'))).cuda).toBe('12.2');
  });

  test.each([
    ['version: 8133 (2b6dfe824)\nbuilt with GNU 13.3.0', '0.0.8133'],
    ['0.00.000.307 I srv  llama_server: initializing ...\nversion: 0.5.0-dev (build 1, commit de3ff81)', '0.5.0-dev'],
    ['llama-server: error while loading shared libraries: libcudart.so.12', null],
  ])('reads llama-server’s version from: %s', async (stderr, version) => {
    const probe = replayProbe({
      title: 'a machine with llama.cpp',
      platform: 'linux',
      arch: 'x64',
      cpu: { model: 'a processor', count: 4 },
      total_bytes: 1,
      free_bytes: 1,
      env: {},
      files: {},
      commands: [{ run: 'llama-server --version', code: 0, stdout: '', stderr, timed_out: false }],
    });
    expect((await readSoftware(probe))['llama-server']).toBe(version);
  });
});

test('a file that is no recording is refused by name', () => {
  expect(() => loadRecording('/nowhere/machine.yaml')).toThrow('the recording /nowhere/machine.yaml cannot be read');
});
