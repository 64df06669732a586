/** Runs every static check, one after the other, and says which failed. */
import { spawnSync } from 'node:child_process';

const checks = [
  ['types', 'tsc', ['-b']],
  ['test types', 'tsc', ['-p', 'tsconfig.test.json']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['layers', 'depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'packages']],
  ['unused', 'knip', []],
  ['copies', 'jscpd', ['--config', '.jscpd.json', '--silent']],
];

const failed = [];
for (const [name, command, args] of checks) {
  const started = Date.now();
  const result = spawnSync(`node_modules/.bin/${command}`, args, { stdio: 'inherit' });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${result.status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (result.status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
