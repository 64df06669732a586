/** Installs dependencies and builds where that is needed; plain Node, because nothing is installed yet when it runs. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, whatever folder the caller is in. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = [20, 19];

/** Ends the process with one sentence where Node is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(
    `Concert needs Node ${OLDEST_NODE.join('.')} or newer, and this is ${process.versions.node}: install a current one from nodejs.org.`,
  );
}

/** Makes the program runnable: dependencies as in package-lock.json, build as in the sources. Quick when nothing changed. */
export function bootstrap() {
  requireNode();
  if (!isInstalled()) install();
  const sources = sourceStamp();
  if (readStamp('build') !== sources || !exists('packages/server/dist/cli/cli.js')) build(sources);
}

/** npm writes its hidden lock file last; where it is newer than ours, someone ran npm by hand. */
function isInstalled() {
  const done = modifiedMs('node_modules/.package-lock.json');
  if (done === null) return false;
  const stamp = readStamp('install');
  if (stamp === null) return done >= (modifiedMs('package-lock.json') ?? 0);
  return stamp === lockStamp() || (done >= (modifiedMs('package-lock.json') ?? 0) && stamp.endsWith(platform()));
}

function install() {
  say('Installing dependencies; this happens once …');
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const result = npm(args, { stdio: 'inherit', env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' } });
  if (result.signal !== null) process.exit(130);
  if (result.error?.code === 'ENOENT')
    fail('npm was not found: it comes with Node, so install Node from nodejs.org and try again.');
  if (result.status !== 0) {
    const reachable = npm(['ping'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
    fail(
      reachable
        ? 'The dependencies could not be installed; npm’s own message is above.'
        : 'The dependencies could not be installed, because the package registry cannot be reached from here: check the network, ' +
            'or set HTTPS_PROXY, or name a mirror with `npm config set registry ADDRESS`, and start again.',
    );
  }
  installChatLibrary();
  writeStamp('install', lockStamp());
}

/** The lock file names llama.cpp's packages for Linux; other systems fetch theirs, in the same version, beside it. */
function installChatLibrary() {
  const name = {
    'darwin-arm64': 'mac-arm64-metal',
    'darwin-x64': 'mac-x64',
    'win32-x64': 'win-x64',
    'win32-arm64': 'win-arm64',
  }[platform()];
  if (name === undefined) return;
  const server = JSON.parse(readFileSync(join(ROOT, 'packages/server/package.json'), 'utf8'));
  const wanted = `@node-llama-cpp/${name}@${server.optionalDependencies['@node-llama-cpp/linux-x64']}`;
  if (npm(['install', '--no-save', '--no-audit', '--no-fund', wanted], { stdio: 'inherit' }).status !== 0) {
    say(
      `The chat engine's library for this system could not be installed; everything else works. To try again: npm install --no-save ${wanted}`,
    );
  }
}

function build(sources) {
  say('Building …');
  const result = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', 'packages/server'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (result.signal !== null) process.exit(130);
  if (result.status !== 0) fail('The build failed; the compiler’s messages are above.');
  writeStamp('build', sources);
}

/** Runs npm as it was started, else as the shell finds it. */
function npm(args, options) {
  const started = process.env.npm_execpath;
  if (started !== undefined && /npm-cli\.[cm]?js$/.test(started))
    return spawnSync(process.execPath, [started, ...args], { cwd: ROOT, ...options });
  return spawnSync('npm', args, { cwd: ROOT, shell: process.platform === 'win32', ...options });
}

function lockStamp() {
  return `${createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')} ${platform()}`;
}

function platform() {
  return `${process.platform}-${process.arch}`;
}

/** A digest of name, size and time of everything that the build reads. */
function sourceStamp() {
  const hash = createHash('sha256');
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  add('tsconfig.base.json');
  for (const name of ['protocol', 'server']) {
    add(`packages/${name}/tsconfig.json`);
    add(`packages/${name}/package.json`);
    const items = readdirSync(join(ROOT, `packages/${name}/src`), { recursive: true });
    for (const item of items.sort((one, other) => (one < other ? -1 : 1))) {
      if (item.endsWith('.ts') && !item.endsWith('.test.ts')) add(`packages/${name}/src/${item}`);
    }
  }
  return hash.digest('hex');
}

function stampPath(name) {
  return join(ROOT, 'node_modules/.cache/concert', name);
}

function readStamp(name) {
  try {
    return readFileSync(stampPath(name), 'utf8');
  } catch {
    return null;
  }
}

function writeStamp(name, text) {
  mkdirSync(dirname(stampPath(name)), { recursive: true });
  writeFileSync(stampPath(name), text);
}

function modifiedMs(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function exists(path) {
  return modifiedMs(path) !== null;
}

function say(text) {
  console.error(text);
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
