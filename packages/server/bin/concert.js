#!/usr/bin/env node
/** The program that npm links as `concert`: npm links only what is there when it installs, and the build comes later. */
import { existsSync } from 'node:fs';

const program = new URL('../dist/cli/cli.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('Concert is not built yet. Run this in its repository, then try again: npm run build\n');
  process.exitCode = 1;
}
