import { describe, expect, test } from 'vitest';
import { recordedMachine } from '../../machine/test-machines.ts';
import { loadProfiles } from './profile.ts';
import { type PickedProfile, pickProfile, UnknownProfileError } from './pick-profile.ts';

const profiles = loadProfiles();
const pickFor = (machine: string, name = 'auto'): Promise<PickedProfile> =>
  pickProfile({ name, profiles, probe: recordedMachine(machine) });
const rejection = (picked: PickedProfile, profile: string): string | undefined =>
  picked.rejected.find((rejected) => rejected.profile === profile)?.reason;

describe('the profile that is chosen', () => {
  test.each([
    ['two-rtx-4090', 'gpu-pair', '2 × NVIDIA GeForce RTX 4090 (25.3 GB free each) can hold its model', [0, 1]],
    ['rtx-a6000', 'gpu-single', 'NVIDIA RTX A6000 (51.0 GB free) can hold its model', [0]],
    ['h100-mig', 'gpu-single', 'NVIDIA H100 80GB HBM3 MIG 3g.40gb (42.4 GB free) can hold its model', [0]],
    ['rtx-4070', 'gpu-small', 'NVIDIA GeForce RTX 4070 (12.1 GB free) can hold its model', [0]],
  ])('of %s is %s, with the GPUs it is chosen for', async (machine, profile, reason, gpus) => {
    const picked = await pickFor(machine);
    expect([picked.profile.id, picked.reason]).toEqual([profile, reason]);
    expect(picked.gpus.map((gpu) => gpu.index)).toEqual(gpus);
    expect(picked.failure).toBeNull();
  });

  test.each([
    [
      'two-rtx-4090-without-vllm',
      'laptop',
      "127 GB of memory are free on x64, and laptop needs 6.00 GB; gpu-pair would suit 2 × NVIDIA GeForce RTX 4090 (25.3 GB free each), but it lacks vLLM 0.12.0 or newer (not found), Transformers 5.0.0rc0 or newer (not found); mend it with: python3 -m pip install -U 'vllm>=0.12'; python3 -m pip install -U --pre 'transformers>=5.0.0rc0'",
    ],
    [
      'rtx-a6000-in-use',
      'laptop',
      '61.6 GB of memory are free on x64, and laptop needs 6.00 GB; gpu-small needs an NVIDIA GPU with 8.00 GB free, and gpu:0 (NVIDIA RTX A6000) has 7.56 GB of 51.5 GB free',
    ],
    [
      'jetson-agx-orin',
      'laptop',
      '56.4 GB of memory are free on arm64, and laptop needs 6.00 GB; gpu-small needs an NVIDIA GPU with 8.00 GB free, and gpu:0 (Orin (nvgpu)) shares the memory of its board, and the usual builds of vLLM and llama.cpp do not run on it',
    ],
    [
      'raspberry-pi-5',
      'edge',
      'laptop is too slow for a Raspberry Pi 5 Model B Rev 1.0, whose memory moves few gigabytes a second; name it to try all the same; no NVIDIA, AMD or Apple GPU was found',
    ],
    [
      'container-4gib',
      'edge',
      'laptop needs 6.00 GB of free memory, and 4.04 GB of memory are free within the 4.29 GB of this container; no NVIDIA, AMD or Apple GPU was found',
    ],
    [
      'driver-mismatch',
      'laptop',
      '61.6 GB of memory are free on x64, and laptop needs 6.00 GB; nvidia-smi fails because the driver was updated while the old one (535.161.07) is still loaded; restart the machine',
    ],
    [
      'two-mi300x',
      'laptop',
      '2.10 TB of memory are free on x64, and laptop needs 6.00 GB; gpu-small needs an NVIDIA GPU with 8.00 GB free, and gpu:0 and gpu:1 (AMD Instinct MI300X) would need ROCm, on which no engine was tried yet',
    ],
    [
      'apple-m2',
      'laptop',
      '8.26 GB of memory are free on arm64, and laptop needs 6.00 GB; gpu-small needs an NVIDIA GPU with 8.00 GB free, and gpu:0 (Apple M2) runs no CUDA and shares the memory of the machine',
    ],
  ])('of %s is %s, and the reason says why no GPU is used', async (machine, profile, reason) => {
    const picked = await pickFor(machine);
    expect([picked.profile.id, picked.reason, picked.gpus]).toEqual([profile, reason, []]);
  });

  test('comes with every other profile and why not', async () => {
    const picked = await pickFor('rtx-a6000');
    expect(picked.rejected.map((rejected) => rejected.profile)).toEqual(['gpu-pair', 'gpu-small', 'laptop', 'edge']);
    expect(rejection(picked, 'gpu-pair')).toBe(
      'needs 2 equal NVIDIA GPUs with 22.0 GB free each, and there is one: NVIDIA RTX A6000 (51.0 GB free)',
    );
    expect(rejection(picked, 'laptop')).toBe('would run too, and gpu-single does more');
  });

  test('never spreads a model over parts of one card', async () => {
    expect(rejection(await pickFor('h100-mig'), 'gpu-pair')).toBe(
      'needs 2 equal NVIDIA GPUs with 22.0 GB free each, and gpu:0 and gpu:1 (NVIDIA H100 80GB HBM3 MIG 3g.40gb) is a part of a card, and parts cannot work together',
    );
  });
});

describe('a profile that is named', () => {
  test('fails with what it lacks and the commands that mend it', async () => {
    const picked = await pickFor('two-rtx-4090-without-vllm', 'gpu-pair');
    expect(picked.failure).toBe(
      "the profile gpu-pair cannot be started: it lacks vLLM 0.12.0 or newer (not found), Transformers 5.0.0rc0 or newer (not found); mend it with: python3 -m pip install -U 'vllm>=0.12'; python3 -m pip install -U --pre 'transformers>=5.0.0rc0'",
    );
  });

  test('is tried on a machine that does not suit it, with a warning', async () => {
    const picked = await pickFor('rtx-a6000', 'gpu-pair');
    expect(picked).toMatchObject({ failure: null, gpus: [] });
    expect(picked.warning).toBe(
      'This machine hardly suits it: gpu-pair needs 2 equal NVIDIA GPUs with 22.0 GB free each, and there is one: NVIDIA RTX A6000 (51.0 GB free)',
    );
  });

  test('needs no software where the configuration names the engine’s command itself', async () => {
    const probe = recordedMachine('container-4gib');
    const named = { name: 'gpu-pair', profiles, probe };
    expect((await pickProfile(named)).failure).toContain('it lacks');
    expect((await pickProfile({ ...named, ownCommands: ['autoglm-phone-9b'] })).failure).toBeNull();
  });

  test('is refused by its name when there is none, and cluster with the reason', async () => {
    await expect(pickFor('rtx-4070', 'moon')).rejects.toThrow(
      new UnknownProfileError(
        'there is no profile "moon"; there are: auto, edge, gpu-pair, gpu-single, gpu-small, laptop',
      ),
    );
    await expect(pickFor('rtx-4070', 'cluster')).rejects.toThrow(
      'the profile cluster needs upstreams, which this version cannot be given yet',
    );
  });
});
