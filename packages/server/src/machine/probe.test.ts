import { expect, test } from 'vitest';
import { outputOf, systemProbe } from './probe.ts';

const probe = systemProbe();
const node = (script: string): [string, string[]] => [process.execPath, ['--eval', script]];

test('a program’s outputs and exit code are told', async () => {
  const [file, args] = node('console.log("out"); console.error("err"); process.exitCode = 3');
  expect(await probe.run(file, args)).toEqual({ kind: 'done', code: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(await outputOf(probe, file, args)).toBeNull();
});

test('a program that is not there is missing, not an error', async () => {
  expect(await probe.run('/nowhere/nvidia-smi', [])).toEqual({ kind: 'missing' });
});

test('a program that hangs is ended', async () => {
  const [file, args] = node('setInterval(() => {}, 1000)');
  expect(await systemProbe({}, 50).run(file, args)).toEqual({ kind: 'timed-out' });
});

test('a program that is killed has failed', async () => {
  const [file, args] = node('process.kill(process.pid, "SIGKILL")');
  expect(await probe.run(file, args)).toEqual({ kind: 'done', code: -1, stdout: '', stderr: 'ended by SIGKILL' });
});

test('files and folders that are not there are empty', async () => {
  expect(await probe.readText('/nowhere/at/all')).toBeNull();
  expect(await probe.list('/nowhere/at/all')).toEqual([]);
});
