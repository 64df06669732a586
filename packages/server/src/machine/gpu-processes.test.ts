import { expect, test } from 'vitest';
import { explainUnseenUse, readGpuUse } from './gpu-processes.ts';
import { readMachine } from './read-machine.ts';
import { recordedMachine } from './test-machines.ts';

const MIB = 2 ** 20;

test('what a process holds on an NVIDIA card is told by its PID', async () => {
  expect(await readGpuUse(recordedMachine('rtx-a6000-in-use'))).toEqual([
    { device: 'gpu:0', pid: 91544, bytes: 41390 * MIB, command: '/home/lin/venv/bin/python' },
  ]);
});

test('a process on a MIG instance is counted on that instance', async () => {
  expect(await readGpuUse(recordedMachine('h100-mig'))).toEqual([
    { device: 'gpu:1', pid: 77120, bytes: 21494 * MIB, command: '/usr/bin/python3' },
  ]);
});

test('a process on an AMD card is told by the compute driver, in the order in which ROCm counts the cards', async () => {
  expect(await readGpuUse(recordedMachine('two-mi300x'))).toEqual([
    { device: 'gpu:1', pid: 5123, bytes: 8 * 1024 * MIB, command: 'python3' },
  ]);
});

test('nothing is held where there is no GPU, or none that answers', async () => {
  expect(await readGpuUse(recordedMachine('container-4gib'))).toEqual([]);
  expect(await readGpuUse(recordedMachine('driver-mismatch'))).toEqual([]);
});

test('a container that cannot see who holds a GPU’s memory is told so', async () => {
  const machine = await readMachine(recordedMachine('rtx-a6000-in-use'));
  const uses = await readGpuUse(recordedMachine('rtx-a6000-in-use'));
  expect(explainUnseenUse({ ...machine, container: 'Docker' }, uses)).toBeNull();
  expect(explainUnseenUse({ ...machine, container: 'Docker' }, [])).toBe(
    'on gpu:0 more memory is in use than the processes seen from this container hold; start it with --pid=host to measure models by their processes',
  );
  expect(explainUnseenUse(machine, [])).toBeNull();
});
