import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testPython } from './python.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';

const run = promisify(execFile);
const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const ready = testHome() !== null && testPython() !== null;
if (!ready) console.log('skipped: examples (run npm test, which brings weights and the Python clients)');

describe.skipIf(!ready)('the examples run as they are', () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startRealServer();
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  /** Runs one and returns what it printed; its failure shows that, too. */
  const printed = async (program: string, args: readonly string[]): Promise<string> => {
    const env = { ...process.env, CONCERT_URL: server.url };
    const { stdout } = await run(program, args, { cwd: EXAMPLES, env, maxBuffer: 2 ** 24 });
    return stdout;
  };

  test('curl', async () => {
    const said = await printed('./curl.sh', []);
    expect(said).toContain('data: [DONE]');
    expect(said).toContain('"name":"get_weather"');
    expect(said).toMatch(/\\"age\\": ?\d+/);
    expect(said).toContain('"embedding"');
    expect(said.toLowerCase()).toContain('hello from');
  });

  test('the official client for Node', async () => {
    const said = await printed(process.execPath, ['openai-node.mjs']);
    expect(said).toMatch(/called get_weather\(.*Paris/);
    expect(said).toMatch(/thought: \S/);
    expect(said).toMatch(/said: \S/);
    expect(said).toContain('Ada');
  });

  test('the official client for Python', async () => {
    const said = await printed(testPython() ?? '', ['openai-python.py']);
    expect(said.toLowerCase()).toContain('hello from');
    expect(said).toMatch(/' ?Paris'|'Par/);
  });

  test('LangChain for Python', async () => {
    const said = await printed(testPython() ?? '', ['langchain-python.py']);
    expect(said).toContain("multiply {'a': 17, 'b': 23} → 391");
    expect(said).toMatch(/'name': 'Ada/);
    expect(said).toMatch(/^2 \d{3}$/m);
  });

  test('LangChain for JavaScript', async () => {
    const said = await printed(process.execPath, ['langchain-js.mjs']);
    expect(said).toContain('multiply { a: 17, b: 23 } → 391');
    expect(said).toContain("name: 'Ada");
  });

  test('the Vercel AI SDK', async () => {
    const said = await printed(process.execPath, ['ai-sdk.mjs']);
    expect(said).toContain("name: 'Ada");
    expect(said).toContain("toolName: 'get_weather'");
    expect(said.toLowerCase()).toContain('hello from');
  });

  test('the notebook that verifies a service', async () => {
    const jupyter = [
      '-m',
      'nbconvert',
      '--to',
      'notebook',
      '--execute',
      '--stdout',
      '--ExecutePreprocessor.timeout=600',
      'verify.ipynb',
    ];
    const said = await printed(testPython() ?? '', jupyter);
    const { cells } = JSON.parse(said) as { cells: { cell_type: string; execution_count: number | null }[] };
    const code = cells.filter((cell) => cell.cell_type === 'code');
    expect(code.length).toBeGreaterThan(6);
    expect(code.every((cell) => cell.execution_count !== null)).toBe(true);
  });
});
