import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { calibrate, type CalibrationProbe } from './calibrate.ts';
import { readThreads, writeThreads } from './remembered-threads.ts';

/** A machine on which a step of `rows` takes so long with so many threads, and threads get this share of the time. */
function probeOf(ms: (threads: number, rows: number) => number, share = 1): CalibrationProbe {
  let [threads, wallMs, cpuMs] = [1, 0, 0];
  return {
    use: (choice) => {
      threads = choice.threads;
    },
    step: (rows) => {
      const took = ms(threads, rows);
      wallMs += took;
      cpuMs += took * threads * share;
    },
    now: () => ({ wallMs, cpuMs }),
  };
}

test('single tokens and batches each get the threads that are fastest for them', () => {
  const { choice, busy } = calibrate(
    probeOf((threads, rows) => (rows === 1 ? 10 + threads : 100 / threads)),
    8,
  );
  expect(choice).toEqual({ threads: 1, batchThreads: 8, poll: 0 });
  expect(busy).toBe(false);
});

test('threads that hardly help are left to others', () => {
  expect(
    calibrate(
      probeOf((threads) => 100 - threads),
      4,
    ).choice,
  ).toMatchObject({ threads: 1, batchThreads: 1 });
});

test('on a busy machine one thread is chosen, and it is said why', () => {
  const { choice, busy, reason } = calibrate(
    probeOf((threads) => 100 / threads, 0.5),
    4,
  );
  expect(choice).toMatchObject({ threads: 1, batchThreads: 1 });
  expect(busy).toBe(true);
  expect(reason).toMatch(/busy.*50 %.*next load/);
});

test('never more threads than allowed, and the last number is tried even when it is no power of two', () => {
  expect(
    calibrate(
      probeOf((threads) => 100 / threads),
      6,
    ).choice,
  ).toMatchObject({ threads: 6, batchThreads: 6 });
});

test('threads are remembered for the same machine and model only, and a damaged file is as good as none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'threads-'));
  const choice = { threads: 2, batchThreads: 4, poll: 0 };
  expect(await readThreads(folder, 'here')).toBeNull();
  await writeThreads(folder, 'here', choice);
  expect(await readThreads(folder, 'here')).toEqual(choice);
  expect(await readThreads(folder, 'elsewhere')).toBeNull();
  expect(statSync(join(folder, 'threads.json')).mode & 0o777).toBe(0o600);
  writeFileSync(join(folder, 'threads.json'), '{');
  expect(await readThreads(folder, 'here')).toBeNull();
  rmSync(folder, { recursive: true });
});
