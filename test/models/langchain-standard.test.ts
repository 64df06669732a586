import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testPython } from './python.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';
import { weightFile } from './weights.ts';

const run = promisify(execFile);
const SUITE = new URL('../python/test_langchain_standard.py', import.meta.url);
const PICTURE = fileURLToPath(new URL('../fixtures/images/promotion.jpg', import.meta.url));
const recording = weightFile('beckett.wav');
const ready = testHome() !== null && testPython() !== null && recording !== null;
if (!ready)
  console.log('skipped: LangChain’s standard tests (run npm test, which brings weights and the Python clients)');

/** All of them over chat completions but the asynchronous twins; over responses only what differs on the wire. `all` takes every one. */
const CHOSEN =
  process.env['CONCERT_TEST_LANGCHAIN'] === 'all'
    ? 'TestChatCompletions or TestResponses'
    : '(TestChatCompletions and not (async or ainvoke or astream or abatch or with_model_override)) or (TestResponses and test_tool_calling)';

/** One event loop for all tests, because ChatOpenAI keeps its connections from one to the next. */
const PYTEST = `[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = session
asyncio_default_test_loop_scope = session
`;

interface Outcome {
  readonly name: string;
  readonly kind: 'passed' | 'failed' | 'skipped';
  readonly reason: string;
}

describe.skipIf(!ready)('LangChain’s own standard tests of chat models', () => {
  let server: RealServer;
  let folder: string;
  beforeAll(async () => {
    server = await startRealServer();
    folder = mkdtempSync(join(tmpdir(), 'concert-langchain-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    expect(await server.stop()).toBe(0);
  });

  /** Runs the suite and reads what became of each test. */
  async function outcomes(): Promise<Outcome[]> {
    const suite = readFileSync(SUITE, 'utf8').replaceAll('http://127.0.0.1:8000', server.url);
    writeFileSync(join(folder, 'test_suite.py'), suite);
    writeFileSync(join(folder, 'pytest.ini'), PYTEST);
    const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--tb=short', '--junit-xml=report.xml', '-k', CHOSEN];
    const env = { ...process.env, TEST_RECORDING: recording ?? '', TEST_PICTURE: PICTURE };
    const { stdout } = await run(testPython() ?? '', args, { cwd: folder, env, maxBuffer: 2 ** 24 }).catch(
      // Failed tests end it with 1, and the report says which.
      (error: Error & { code?: unknown; stdout?: string }) => {
        if (error.code !== 1) throw error;
        return { stdout: error.stdout ?? '' };
      },
    );
    const read = readJUnit(readFileSync(join(folder, 'report.xml'), 'utf8'));
    if (read.some(({ kind }) => kind === 'failed')) console.log(stdout);
    return read;
  }

  test('each passes, over chat completions and over responses', { timeout: 900_000 }, async () => {
    const all = await outcomes();
    const of = (kind: Outcome['kind']): Outcome[] => all.filter((one) => one.kind === kind);
    const skipped = of('skipped').map(({ name, reason }) => `${name}: ${reason}`);
    console.log(`${of('passed').length} passed, ${of('failed').length} failed; skipped:\n${skipped.join('\n')}`);
    expect(of('failed')).toEqual([]);
    expect(of('passed').length).toBeGreaterThan(30);
    expect(skipped.length).toBeLessThanOrEqual(6);
  });
});

/** The cases of a JUnit report as pytest writes it. */
function readJUnit(xml: string): Outcome[] {
  return [
    ...xml.matchAll(/<testcase classname="[^"]*?(\w+)" name="([^"]+)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g),
  ].map(([, suite, name, inner = '']) => {
    const [, kind, reason = ''] = /<(failure|error|skipped)\b[^>]*?message="([^"]*)"/.exec(inner) ?? [];
    return {
      name: `${suite}.${name}`,
      kind: kind === undefined ? 'passed' : kind === 'skipped' ? 'skipped' : 'failed',
      reason: reason.slice(0, 300),
    };
  });
}
