import { mkdtemp, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordedMachine } from '../machine/test-machines.ts';
import { loadCatalogue } from '../models/catalogue/catalogue.ts';
import { loadProfiles } from '../models/profile/profile.ts';
import { FileStore } from '../models/store/store.ts';
import { silentLog } from '../shared/log.ts';
import { runDoctor } from './doctor.ts';
import type { LocalFacts } from './doctor-local.ts';
import { checkInstallation } from './doctor-local-checks.ts';
import { type DoctorCheck, DoctorReport } from './doctor-report.ts';
import { readMachine } from '../machine/read-machine.ts';

const MACHINES = readdirSync(fileURLToPath(new URL('../../../../test/fixtures/machines', import.meta.url)))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length));

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'concert-doctor-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Look {
  readonly profile?: string;
  readonly json?: boolean;
  readonly brief?: boolean;
  readonly colour?: boolean;
}

async function look(
  machine: string,
  { profile = 'auto', json = false, brief = false, colour = false }: Look = {},
): Promise<{ code: number; text: string }> {
  let text = '';
  const code = await runDoctor(
    { json, brief },
    {
      config: { profile, server: { host: '127.0.0.1', port: 8000 } as never },
      ownCommands: [],
      store: new FileStore({ home, catalogue: loadCatalogue(), log: silentLog }),
      probe: recordedMachine(machine),
      recorded: machine,
      colour,
      print: (line) => (text += `${line}\n`),
    },
  );
  return { code, text };
}

async function reportOf(machine: string, profile = 'auto'): Promise<DoctorReport> {
  return DoctorReport.parse(JSON.parse((await look(machine, { profile, json: true })).text));
}

function checkOf(report: DoctorReport, id: string): DoctorCheck | undefined {
  return report.checks.find((check) => check.id === id);
}

describe('the report', () => {
  test.each(MACHINES)('on %s is as its schema says, and the exit code is the worst level', async (machine) => {
    const { code, text } = await look(machine, { json: true });
    const report = DoctorReport.parse(JSON.parse(text));
    expect(code).toBe({ ok: 0, warn: 1, fail: 2 }[report.level]);
    const levels = report.checks.map((check) => check.level);
    expect(levels.includes('fail') ? 'fail' : levels.includes('warn') ? 'warn' : 'ok').toBe(report.level);
    for (const { level, mend } of report.checks) expect(mend === null).toBe(level === 'ok' || level === 'skipped');
  });

  test.each(MACHINES)('on %s is at most 100 columns wide and says that it was recorded', async (machine) => {
    const { text } = await look(machine);
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
    expect(text).toMatch(/^RECORDED: these are the recorded answers of another machine/);
  });

  test('names every profile, the chosen one with its engine and the others with why not', async () => {
    const { profile } = await reportOf('two-rtx-4090');
    expect(profile).toMatchObject({
      id: 'gpu-pair',
      engine: 'vllm',
      chat_model: 'autoglm-phone-9b',
      chosen_by: 'machine',
      gpus: ['gpu:0', 'gpu:1'],
    });
    expect([profile.id, ...profile.rejected.map((rejected) => rejected.profile)].sort()).toEqual([
      ...loadProfiles().keys(),
    ]);
  });

  test('is coloured only where asked', async () => {
    // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
    const escape = /\x1b\[/;
    expect((await look('two-rtx-4090')).text).not.toMatch(escape);
    expect((await look('two-rtx-4090', { colour: true })).text).toMatch(escape);
  });

  test('when brief shows machine, profile, engine, and nothing that is fine', async () => {
    const { text } = await look('jetson-agx-orin', { brief: true });
    expect(text).toContain('NVIDIA Jetson AGX Orin Developer Kit');
    expect(text).toContain(
      'Engine    the embedded engine (llama.cpp) serves qwen2.5-coder-1.5b-instruct-q4_k_m on the CPU',
    );
    expect(text).toContain('warn  Open files');
    expect(text).not.toContain('not gpu-pair');
    expect(text).not.toMatch(/^(ok|–) /m);
  });
});

describe('software', () => {
  test('that the profile needs is compared with what the model asks for', async () => {
    const report = await reportOf('two-rtx-4090');
    expect(checkOf(report, 'vllm')).toMatchObject({ level: 'ok', found: '0.12.0', needed: '≥ 0.12.0' });
    expect(checkOf(report, 'cuda')).toMatchObject({ level: 'ok', found: '12.4', needed: '≥ 12.1' });
    expect(checkOf(report, 'driver')).toMatchObject({ level: 'ok', found: '550.54.14' });
  });

  test('that is missing fails a profile that is named, each with the command that mends it', async () => {
    const report = await reportOf('two-rtx-4090-without-vllm', 'gpu-pair');
    expect(report.level).toBe('fail');
    expect(checkOf(report, 'vllm')).toMatchObject({ level: 'fail', mend: "python3 -m pip install -U 'vllm>=0.12'" });
    expect(checkOf(report, 'torch')).toMatchObject({ level: 'fail', needed: '≥ 2.1.0' });
    expect(checkOf(report, 'python')).toMatchObject({ level: 'ok', found: '3.10.12' });
  });

  test('that the profile does not need is told and not asked for', async () => {
    const report = await reportOf('gtx-1080-old-driver');
    expect(checkOf(report, 'python')).toEqual({
      id: 'python',
      title: 'Python',
      level: 'skipped',
      found: '3.8.10',
      needed: 'not needed by this profile',
      mend: null,
    });
  });

  test('too old a driver and CUDA fail', async () => {
    const report = await reportOf('gtx-1080-old-driver', 'gpu-single');
    expect(checkOf(report, 'driver')).toMatchObject({ level: 'fail', found: '450.119.03' });
    expect(checkOf(report, 'cuda')).toMatchObject({ level: 'fail', found: '11.0' });
    expect(checkOf(report, 'python')).toMatchObject({ level: 'fail', found: '3.8.10', needed: '≥ 3.10' });
  });
});

describe('the machine', () => {
  test('whose GPU somebody else fills is told who', async () => {
    expect(checkOf(await reportOf('rtx-a6000-in-use'), 'gpu-processes')).toMatchObject({
      level: 'warn',
      found: '/home/lin/venv/bin/python (PID 91544) holds 43.4 GB of gpu:0',
      mend: 'end it if it is not wanted: kill 91544',
    });
  });

  test('whose driver is broken is told to restart, though no profile needs the GPU', async () => {
    expect(checkOf(await reportOf('driver-mismatch'), 'gpu')).toMatchObject({
      level: 'warn',
      mend: 'restart the machine',
    });
  });

  test('that is a container tells the limits it has', async () => {
    const report = await reportOf('container-4gib');
    expect(checkOf(report, 'processors')).toMatchObject({ level: 'ok', found: '1.5 of 64 (limited)' });
    expect(checkOf(report, 'memory')).toMatchObject({ level: 'ok', found: '4.04 GB of 4.29 GB free' });
    expect(report.machine.limits).toEqual({ memory_bytes: 4_294_967_296, cpus: 1.5 });
  });

  test('without a GPU that a named profile needs fails', async () => {
    const report = await reportOf('raspberry-pi-5', 'gpu-single');
    expect(checkOf(report, 'gpu')).toMatchObject({
      level: 'fail',
      found: 'no NVIDIA, AMD or Apple GPU was found',
      needed: '1 × NVIDIA, 40.0 GB free',
    });
    expect(report.profile.warning).toContain('This machine hardly suits it: gpu-single needs an NVIDIA GPU');
  });
});

describe('the installation', () => {
  const fine: LocalFacts = {
    nodeVersion: '20.19.0',
    packages: [{ name: 'sharp', problem: null }],
    gpuPackage: null,
    home: { path: '/home/me/.local/share/concert', writable: true, freeBytes: 50e9 },
    sharedMemoryBytes: 64e6,
    port: { host: '127.0.0.1', port: 8000, state: 'free' },
    weights: [{ id: 'whisper-base', state: 'verified', missingBytes: 0 }],
    clock: { nowMs: Date.parse('2026-11-22T12:00:00Z'), installedMs: Date.parse('2026-11-20T12:00:00Z') },
  };

  async function levelsOf(facts: Partial<LocalFacts>, profileId = 'laptop'): Promise<Record<string, DoctorCheck>> {
    const profile = loadProfiles().get(profileId);
    if (profile === undefined) throw new Error(`no profile ${profileId}`);
    const machine = await readMachine(recordedMachine('two-rtx-4090'));
    const checks = checkInstallation({ profile, machine, local: { ...fine, ...facts } });
    return Object.fromEntries(checks.map((check) => [check.id, check]));
  }

  test('that has everything is fine', async () => {
    const checks = Object.values(await levelsOf({ gpuPackage: '@node-llama-cpp/linux-x64-cuda' }));
    expect(checks.filter((check) => check.level !== 'ok').map((check) => check.id)).toEqual(['shared-memory']);
  });

  test.each<[string, Partial<LocalFacts>, string, string]>([
    ['node', { nodeVersion: '18.20.4' }, 'fail', 'nodejs.org'],
    ['package:sharp', { packages: [{ name: 'sharp', problem: 'it is not installed' }] }, 'fail', 'npm ci'],
    ['home', { home: { ...fine.home, writable: false } }, 'fail', 'CONCERT_HOME'],
    ['disk', { home: { ...fine.home, freeBytes: 1e6 } }, 'fail', 'make room'],
    ['port', { port: { ...fine.port, state: 'taken' } }, 'fail', '--port 8001'],
    ['clock', { clock: { ...fine.clock, nowMs: 0 } }, 'fail', 'timedatectl'],
    [
      'weights:whisper-base',
      { weights: [{ id: 'whisper-base', state: 'unread', missingBytes: 0 }] },
      'warn',
      'npx concert verify whisper-base',
    ],
    [
      'weights:whisper-base',
      { weights: [{ id: 'whisper-base', state: 'absent', missingBytes: 9e7 }] },
      'warn',
      'npm start -- pull whisper-base',
    ],
    ['package:llama.cpp-gpu', {}, 'warn', 'npm install'],
  ])('that lacks its %s is told how to mend it', async (id, facts, level, mend) => {
    const check = (await levelsOf(facts))[id];
    expect(check?.level).toBe(level);
    expect(check?.mend).toContain(mend);
  });

  test('needs disk for the weights that are still to come', async () => {
    const weights = [{ id: 'autoglm-phone-9b', state: 'absent', missingBytes: 20.6e9 }] as const;
    expect((await levelsOf({ weights }))['disk']?.needed).toBe('21.1 GB free');
  });

  test('needs shared memory only where processes of one model speak through it', async () => {
    expect((await levelsOf({}))['shared-memory']).toMatchObject({ level: 'skipped' });
    expect((await levelsOf({}, 'gpu-pair'))['shared-memory']).toMatchObject({ level: 'fail', found: '64.0 MB free' });
  });

  test('whose server already runs on the port is fine', async () => {
    expect((await levelsOf({ port: { ...fine.port, state: 'ours' } }))['port']).toMatchObject({ level: 'ok' });
  });
});
