import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DoctorReport } from '../../packages/server/src/cli/doctor-report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(ROOT, 'packages/server/dist/cli/cli.js');

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'concert-doctor-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(file, args, { env: { ...process.env, CONCERT_HOME: home, ...env }, cwd: home }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const doctor = (...args: string[]): Promise<Ended> => run(process.execPath, [PROGRAM, 'doctor', ...args]);

describe('concert doctor', () => {
  test('reports on this machine as its schema says, and its exit code is the worst level', async () => {
    const { code, stdout } = await doctor('--json', '--port', '0');
    const report = DoctorReport.parse(JSON.parse(stdout));
    expect(code).toBe({ ok: 0, warn: 1, fail: 2 }[report.level]);
    expect(report.recorded).toBeNull();
    expect(report.machine).toMatchObject({ platform: process.platform, arch: process.arch });
    const levels = Object.fromEntries(report.checks.map((check) => [check.id, check.level]));
    // A new state folder: nothing was pulled into it.
    expect(levels).toMatchObject({ node: 'ok', 'package:sharp': 'ok', 'package:llama.cpp': 'ok', home: 'ok' });
    expect(report.checks.filter((check) => check.id.startsWith('weights:')).map((check) => check.level)).not.toContain(
      'ok',
    );
  });

  test('says that a port is taken, and by which command another is chosen', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const { code, stdout } = await doctor('--brief', '--port', String(port));
      expect(code).toBe(2);
      expect(stdout).toMatch(new RegExp(`^fail  Port ${port} +taken by another program`, 'm'));
      expect(stdout).toContain(`npm start -- --port ${port + 1}`);
    } finally {
      server.close();
    }
  });

  test('shows recorded answers of another machine, and says so on every way out', async () => {
    const recording = join(ROOT, 'test/fixtures/machines/two-rtx-4090.yaml');
    const table = await doctor('--replay', recording);
    expect(table.stdout).toMatch(/^RECORDED/);
    expect(table.stdout).toContain('Profile   gpu-pair');
    const json = await doctor('--json', '--replay', recording);
    expect(json.stderr).toContain('Recorded answers of another machine');
    expect(DoctorReport.parse(JSON.parse(json.stdout))).toMatchObject({
      recorded: 'Workstation with two RTX 4090',
      profile: { id: 'gpu-pair', gpus: ['gpu:0', 'gpu:1'] },
    });
  });

  test('chooses vLLM on two cards by what nvidia-smi and Python answer', async () => {
    const card = (index: number): string =>
      `${index}, GPU-0000000${index}, 24564, 24111, 550.54.14, 00000000:0${index + 1}:00.0, [N/A], 8.9, NVIDIA GeForce RTX 4090`;
    const answers = {
      python: '3.12.7',
      packages: { torch: '2.9.0', transformers: '5.0.0', sentencepiece: '0.2.1', safetensors: '0.7.0', vllm: '0.12.0' },
    };
    const programs = {
      'nvidia-smi': `case $1 in\n--query-gpu=*) echo '${card(0)}'; echo '${card(1)}' ;;\n--version) echo 'CUDA Version        : 12.4' ;;\nesac\n`,
      python3: `echo '${JSON.stringify(answers)}'\n`,
    };
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(home, name), `#!/bin/sh\n${script}`);
      await chmod(join(home, name), 0o755);
    }
    const { stdout } = await run(process.execPath, [PROGRAM, 'doctor', '--json', '--port', '0'], {
      PATH: `${home}:/usr/bin:/bin`,
    });
    const { profile } = DoctorReport.parse(JSON.parse(stdout));
    expect(profile).toMatchObject({ id: 'gpu-pair', chosen_by: 'machine', engine: 'vllm', gpus: ['gpu:0', 'gpu:1'] });
  });

  test('refuses a profile that there is not', async () => {
    const { code, stderr } = await doctor('--profile', 'cluster');
    expect(code).toBe(2);
    expect(stderr).toContain('the profile cluster needs upstreams, which this version cannot be given yet');
  });
});

describe('concert serve', () => {
  test('with a GPU profile whose software is missing says what mends it, and does not start', async () => {
    const { code, stdout, stderr } = await run(
      process.execPath,
      [PROGRAM, 'serve', '--profile', 'gpu-pair', '--port', '0'],
      {
        PATH: join(home, 'nothing-here'),
      },
    );
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toContain('the profile gpu-pair cannot be started: it lacks');
    expect(stderr).toContain("pip install -U 'vllm>=0.12'");
  });
});

describe('run_autoglm_server.sh', () => {
  test('looks at the machine, warns of missing authentication, then serves on every address with the flags given', async () => {
    const bin = join(home, 'node');
    await writeFile(bin, '#!/bin/sh\nshift\necho "node: $*"\ncase $1 in doctor) exit 2 ;; esac\n');
    await chmod(bin, 0o755);
    await symlink(join(ROOT, 'run_autoglm_server.sh'), join(home, 'run_autoglm_server.sh'));
    const { code, stdout, stderr } = await run('sh', [join(home, 'run_autoglm_server.sh'), '--profile', 'edge'], {
      PATH: `${home}:${process.env['PATH']}`,
    });
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
      'node: doctor --brief --host 0.0.0.0 --port 8000 --profile edge',
      'node: --host 0.0.0.0 --port 8000 --profile edge',
    ]);
    expect(stderr).toContain('no authentication is set');
  });
});
