import { describe, expect, test } from 'vitest';
import { systemProbe } from './probe.ts';
import { readMachine, visibleGpus } from './read-machine.ts';
import { recordedMachine } from './test-machines.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

describe('GPUs', () => {
  test('of NVIDIA come with memory, driver and what the chip can do', async () => {
    const { gpus, gpuAbsence } = await readMachine(recordedMachine('rtx-a6000'));
    expect(gpuAbsence).toBeNull();
    expect(gpus).toEqual([
      {
        id: 'gpu:0',
        index: 0,
        uuid: 'GPU-5b8c90e1-2f64-77aa-9d0c-1e3f7a2b4c55',
        vendor: 'nvidia',
        name: 'NVIDIA RTX A6000',
        totalBytes: 49140 * MIB,
        freeBytes: 48601 * MIB,
        driver: '535.183.01',
        computeCapability: '8.6',
        numaNode: 0,
        unified: false,
      },
    ]);
  });

  test('in MIG mode are the instances, each with its own memory', async () => {
    const { gpus } = await readMachine(recordedMachine('h100-mig'));
    expect(gpus.map(({ id, uuid, name, freeBytes }) => ({ id, uuid, name, freeBytes }))).toEqual([
      {
        id: 'gpu:0',
        uuid: 'MIG-2f0c3a51-6d5b-5f0e-9b1c-7e4d2a8c6b11',
        name: 'NVIDIA H100 80GB HBM3 MIG 3g.40gb',
        freeBytes: 40404 * MIB,
      },
      {
        id: 'gpu:1',
        uuid: 'MIG-8d41e6b7-30aa-5c92-8a7e-55b1c09d4f73',
        name: 'NVIDIA H100 80GB HBM3 MIG 3g.40gb',
        freeBytes: 18910 * MIB,
      },
    ]);
  });

  test('are found by a driver that does not know the newer questions', async () => {
    const { gpus } = await readMachine(recordedMachine('gtx-1080-old-driver'));
    expect(gpus).toMatchObject([{ name: 'GeForce GTX 1080', totalBytes: 8119 * MIB, computeCapability: null }]);
  });

  test.each([
    ['two-mi300x', 'AMD Instinct MI300X', 2, 196592 * MIB, '6.12.12'],
    ['rx-7900-xtx', 'Radeon RX 7900 XTX', 1, 25_753_026_560, '6.10.5'],
    ['radeon-without-rocm', 'AMD GPU 0x747e', 1, 17_163_091_968, null],
  ])('of AMD are found on %s', async (machine, name, count, totalBytes, driver) => {
    const { gpus } = await readMachine(recordedMachine(machine));
    expect(gpus).toHaveLength(count);
    for (const gpu of gpus) expect(gpu).toMatchObject({ vendor: 'amd', name, totalBytes, driver, unified: false });
    expect(gpus.map((gpu) => gpu.index)).toEqual(gpus.map((_, index) => index));
  });

  test.each([
    ['apple-m2', 'apple', 'Apple M2'],
    ['jetson-agx-orin', 'nvidia', 'Orin (nvgpu)'],
  ])('that share the machine’s memory say so on %s', async (machine, vendor, name) => {
    const read = await readMachine(recordedMachine(machine));
    expect(read.gpus).toMatchObject([{ vendor, name, unified: true, totalBytes: read.totalBytes }]);
  });

  test.each([
    [
      'driver-mismatch',
      'nvidia-smi fails because the driver was updated while the old one (535.161.07) is still loaded; restart the machine',
    ],
    [
      'container-without-gpus-flag',
      'the NVIDIA driver 570.133.20 is loaded and drives 1 card, but nvidia-smi is missing; install nvidia-utils of the same version, or start the container with --gpus all',
    ],
    ['raspberry-pi-5', 'no NVIDIA, AMD or Apple GPU was found'],
  ])('that are not listed on %s are missed with the reason', async (machine, reason) => {
    expect(await readMachine(recordedMachine(machine))).toMatchObject({ gpus: [], gpuAbsence: reason });
  });

  test('are those that CUDA_VISIBLE_DEVICES leaves, as CUDA reads it', async () => {
    const { gpus } = await readMachine(recordedMachine('two-rtx-4090'));
    const seen = (variable: string | undefined): number[] => visibleGpus(gpus, variable).map((gpu) => gpu.index);
    expect(seen(undefined)).toEqual([0, 1]);
    expect(seen('1')).toEqual([1]);
    expect(seen('GPU-9f7be0c4, 0')).toEqual([1, 0]);
    expect(seen('0,7,1')).toEqual([0]);
    expect(seen('-1')).toEqual([]);
    expect(seen('')).toEqual([]);
    const hidden = { ...recordedMachine('two-rtx-4090'), env: { CUDA_VISIBLE_DEVICES: '' } };
    expect((await readMachine(hidden)).gpuAbsence).toBe(
      'CUDA_VISIBLE_DEVICES hides all 2 GPUs; unset it, or name the ones to use',
    );
  });
});

describe('a container', () => {
  test('with a quota of one and a half processors and 4 GiB is that big, not as its host', async () => {
    expect(await readMachine(recordedMachine('container-4gib'))).toMatchObject({
      container: 'Docker',
      cores: 1.5,
      hostCores: 64,
      totalBytes: 4 * GIB,
      // What is used, less the file pages that the kernel would drop first.
      freeBytes: 4 * GIB - (412_876_800 - 155_189_248),
      limits: { memoryBytes: 4 * GIB, cpus: 1.5 },
    });
  });

  test('of cgroup v1 is held by its own limit and its processor set', async () => {
    expect(await readMachine(recordedMachine('container-cgroup-v1'))).toMatchObject({
      container: 'Docker',
      cores: 2,
      totalBytes: 16 * GIB,
      freeBytes: 16 * GIB - (2_147_483_648 - 314_572_800),
      limits: { memoryBytes: 16 * GIB, cpus: 2 },
    });
  });

  test('without limits has none', async () => {
    const machine = await readMachine(recordedMachine('container-without-gpus-flag'));
    expect([machine.container, machine.limits, machine.cores]).toEqual(['Docker', null, 32]);
  });
});

test.each([
  ['jetson-agx-orin', 'jetson', 'NVIDIA Jetson AGX Orin Developer Kit'],
  ['raspberry-pi-5', 'raspberry-pi', 'Raspberry Pi 5 Model B Rev 1.0'],
])('%s is known by its device tree', async (machine, kind, model) => {
  expect((await readMachine(recordedMachine(machine))).board).toEqual({ kind, model });
});

test('NUMA nodes are counted', async () => {
  expect((await readMachine(recordedMachine('h100-mig'))).numaNodes).toBe(2);
});

test('this machine is read', async () => {
  const machine = await readMachine(systemProbe());
  expect(machine.freeBytes).toBeGreaterThan(0);
  expect(machine.freeBytes).toBeLessThanOrEqual(machine.totalBytes);
  expect(machine.cores).toBeGreaterThan(0);
  expect(machine.cores).toBeLessThanOrEqual(machine.hostCores);
  expect(machine.gpus.length === 0).toBe(machine.gpuAbsence !== null);
});
