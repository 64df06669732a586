/**
 * Builds llama.cpp's `llama-server` and `llama-batched-bench` from the source that the npm package node-llama-cpp carries, in the very
 * version of the library that the chat engine runs: the peer of the benchmarks, and a real engine process for the tests.
 * `node scripts/build-llama-server.mjs` does it by itself. Needs git and a C++ compiler; takes minutes, once.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const TARGETS = ['llama-server', 'llama-batched-bench'];
const EXE = process.platform === 'win32' ? '.exe' : '';
/** Only what the two programs need, for this processor, in one file each. */
const OPTIONS = {
  CMAKE_BUILD_TYPE: 'Release',
  BUILD_SHARED_LIBS: 'OFF',
  GGML_NATIVE: 'ON',
  LLAMA_CURL: 'OFF',
  LLAMA_OPENSSL: 'OFF',
  LLAMA_BUILD_UI: 'OFF',
  LLAMA_BUILD_WEBUI: 'OFF',
  LLAMA_USE_PREBUILT_UI: 'OFF',
  LLAMA_BUILD_TESTS: 'OFF',
  LLAMA_BUILD_EXAMPLES: 'OFF',
  LLAMA_BUILD_TOOLS: 'ON',
  LLAMA_BUILD_SERVER: 'ON',
};
const PROGRESS_PERCENT = 10;

/** Something is missing or went wrong, with the one sentence that says what to do. */
class BuildRefused extends Error {}

/**
 * Where the built `llama-server` lies under the repository's root (`llama-batched-bench` beside it), building both where that was not
 * done yet; null, with a sentence on stderr, where they cannot be built.
 */
export async function llamaServer(root) {
  const folder = join(root, '.cache', 'llama-server');
  const version = libraryVersion(root);
  const stamp = join(folder, '.version');
  const wanted = `${version} ${process.platform}-${process.arch}`;
  const built = join(folder, `llama-server${EXE}`);
  if (existsSync(built) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return built;
  const work = join(folder, 'build');
  try {
    const tools = await findTools(root);
    say(`Building llama-server ${version} for the tests and benches; this takes minutes, once …`);
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    await unpackSource(work, version);
    await compile(work, tools);
    for (const target of TARGETS) {
      copyFileSync(findProgram(work, target), join(folder, `${target}${EXE}.new`));
      chmodSync(join(folder, `${target}${EXE}.new`), 0o755);
      renameSync(join(folder, `${target}${EXE}.new`), join(folder, `${target}${EXE}`));
    }
    writeFileSync(stamp, wanted);
    say(`llama-server is built: ${built}`);
    return built;
  } catch (error) {
    if (!(error instanceof BuildRefused)) throw error;
    say(`llama-server was not built: ${error.message}`);
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The version of the chat engine's library, which node-llama-cpp shares. */
function libraryVersion(root) {
  const server = JSON.parse(readFileSync(join(root, 'packages/server/package.json'), 'utf8'));
  return server.optionalDependencies['@node-llama-cpp/linux-x64'];
}

/** The programs of the build, cmake and ninja from pip where the machine has none. */
async function findTools(root) {
  if (!answers('git')) {
    throw new BuildRefused('git is missing; install it (Debian: apt-get install git; macOS: xcode-select --install)');
  }
  if (!['c++', 'g++', 'clang++', 'cl'].some((name) => answers(name))) {
    throw new BuildRefused(
      'a C++ compiler is missing; install one (Debian: apt-get install g++; macOS: xcode-select --install; Windows: the Build Tools for Visual Studio)',
    );
  }
  if (answers('cmake')) return { cmake: 'cmake', ninja: answers('ninja') ? 'ninja' : null };
  const python = await pythonFolder(root);
  say('Installing cmake and ninja with pip …');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'cmake==3.31.6', 'ninja==1.11.1.3'];
  if ((await run(join(python, `python${EXE}`), pip)).code !== 0) {
    throw new BuildRefused('cmake is missing, and pip could not bring it; install it (Debian: apt-get install cmake)');
  }
  return { cmake: join(python, `cmake${EXE}`), ninja: join(python, `ninja${EXE}`) };
}

/** The programs of the tests' Python environment, made where it is not there yet. */
async function pythonFolder(root) {
  const programs = process.platform === 'win32' ? 'Scripts' : 'bin';
  const tests = join(root, '.cache', 'test-python');
  if (existsSync(join(tests, programs))) return join(tests, programs);
  const own = join(root, '.cache', 'build-python');
  if (!existsSync(join(own, programs)) && (await run('python3', ['-m', 'venv', own])).code !== 0) {
    throw new BuildRefused('cmake is missing; install it (Debian: apt-get install cmake; macOS: brew install cmake)');
  }
  return join(own, programs);
}

/** Fetches the package and checks its bundle of llama.cpp's sources out. */
async function unpackSource(work, version) {
  const name = `node-llama-cpp@${version}`;
  const packed = await npm(['pack', name, '--silent', '--pack-destination', work]);
  if (packed.code !== 0) {
    throw new BuildRefused(`npm could not fetch ${name}; check the network, HTTPS_PROXY or npm's registry setting`);
  }
  await must('tar', ['-xzf', `node-llama-cpp-${version}.tgz`, 'package/llama/gitRelease.bundle'], work);
  await must('git', ['clone', '--quiet', join('package', 'llama', 'gitRelease.bundle'), 'source'], work);
}

async function compile(work, { cmake, ninja }) {
  const defines = Object.entries(OPTIONS).map(([key, value]) => `-D${key}=${value}`);
  const generator = ninja === null ? [] : ['-G', 'Ninja', `-DCMAKE_MAKE_PROGRAM=${ninja}`];
  await must(cmake, ['-S', 'source', '-B', 'out', ...generator, ...defines], work);
  const build = ['--build', 'out', '--config', 'Release', '--parallel', String(availableParallelism()), '--target'];
  let told = 0;
  await must(cmake, [...build, ...TARGETS], work, (line) => {
    const percent = builtPercent(line);
    if (percent === null || percent < told + PROGRESS_PERCENT) return;
    told = percent - (percent % PROGRESS_PERCENT);
    say(`  ${told} % compiled`);
  });
}

/** How far a line of ninja (`[12/208] …`) or make (`[ 12%] …`) says the build is. */
function builtPercent(line) {
  const [, done, all, percent] = /^\[\s*(?:(\d+)\/(\d+)|(\d+)%)\]/.exec(line) ?? [];
  if (percent !== undefined) return Number(percent);
  return done === undefined ? null : Math.floor((Number(done) / Number(all)) * 100);
}

/** Visual Studio's generator puts its programs into a folder of their own. */
function findProgram(work, name) {
  const found = [join(work, 'out/bin'), join(work, 'out/bin/Release')]
    .map((folder) => join(folder, `${name}${EXE}`))
    .find((path) => existsSync(path));
  if (found === undefined) throw new BuildRefused(`the build made no ${name}`);
  return found;
}

function answers(program) {
  const done = spawnSync(program, program === 'cl' ? [] : ['--version'], { stdio: 'ignore' });
  return done.error === undefined && (done.status === 0 || program === 'cl');
}

/** Runs npm as it was started, else as the shell finds it. */
function npm(args) {
  const started = process.env.npm_execpath;
  if (started !== undefined && /npm-cli\.[cm]?js$/.test(started)) return run(process.execPath, [started, ...args]);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

async function must(program, args, cwd, onLine) {
  const { code, lines } = await run(program, args, cwd, onLine);
  if (code !== 0) {
    throw new BuildRefused(`${[program, ...args].join(' ')} ended with ${code}; its last words:\n${lines.join('\n')}`);
  }
}

const LAST_WORDS = 20;

/** Runs a program; resolves with its exit code and its last lines, stdout and stderr together. */
function run(program, args, cwd, onLine = () => {}) {
  return new Promise((resolve) => {
    const lines = [];
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: program.endsWith('.cmd') });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > LAST_WORDS) lines.shift();
        onLine(line);
      });
    }
    child.on('error', (error) => resolve({ code: error.message, lines }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, lines }));
  });
}

function say(text) {
  console.error(text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  process.exitCode = (await llamaServer(root)) === null ? 1 : 0;
}
