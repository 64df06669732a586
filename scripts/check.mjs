/** Runs every static check, one after the other, and says which failed. */
import { spawnSync } from 'node:child_process';

const GENERATED = ['docs/configuration.md', 'docs/config.schema.json', 'packages/client/src/generated'];
const bin = (name) => `node_modules/.bin/${name}`;
const checks = [
  ['types', bin('tsc'), ['-b']],
  ['test types', bin('tsc'), ['-p', 'tsconfig.test.json']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['layers', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'packages']],
  ['unused', bin('knip'), []],
  ['copies', bin('jscpd'), ['--config', '.jscpd.json', '--silent']],
  ['generating', process.execPath, ['scripts/generate.mjs']],
  ['generated files are fresh', 'git', ['diff', '--exit-code', '--stat', '--', ...GENERATED]],
];

const failed = [];
for (const [name, command, args] of checks) {
  const started = Date.now();
  const result = spawnSync(command, args, { stdio: 'inherit' });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${result.status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (result.status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
