import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWholeServer, type WholeServer } from './whole-server.ts';

const run = promisify(execFile);
const python = process.env['CONCERT_TEST_PYTHON'] ?? null;
if (python === null) console.log('skipped: schemathesis (run npm test, which brings the Python clients)');

/**
 * A description cannot say that base64 must hold a picture, that an id must be known or that two fields exclude each
 * other, so that requests which fit it may be refused with 400 all the same.
 */
const LEFT_OUT = ['--exclude-checks', 'positive_data_acceptance'];
/** A stream that never ends by itself. */
const ENDLESS = ['--exclude-path', '/admin/events'];

describe.skipIf(python === null)('the description of the API is true', () => {
  let server: WholeServer;
  let folder: string;
  beforeAll(async () => {
    server = await startWholeServer();
    folder = await mkdtemp(join(tmpdir(), 'concert-schemathesis-'));
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  test(
    'thousands of requests, right and wrong: no 5xx, and every status, header, body and event as described',
    { timeout: 600_000 },
    async () => {
      const bounds = ['--seed', '5', '--max-examples', '20', '--request-timeout', '30', '--continue-on-failure'];
      const args = [`${server.url}/openapi.json`, ...bounds, '--checks', 'all', ...LEFT_OUT, ...ENDLESS, '--no-color'];
      const options = { cwd: folder, maxBuffer: 2 ** 27 };
      const { stdout } = await run(python ?? '', ['-m', 'schemathesis.cli', 'run', ...args], options).catch(
        (failed: Error & { stdout?: string; stderr?: string }) => {
          throw new Error(`${failed.stdout ?? ''}\n${failed.stderr ?? failed.message}`);
        },
      );
      const [, selected, all] = /Selected: (\d+)\/(\d+)/.exec(stdout) ?? [];
      expect(Number(selected)).toBe(Number(all) - 1);
      const [, cases] = /Test cases:\n +(\d+) generated, \1 passed/.exec(stdout) ?? [];
      expect(Number(cases), stdout).toBeGreaterThan(5_000);
      console.log(`schemathesis: ${cases} requests to ${selected} operations, none answered against the description`);
    },
  );
});
