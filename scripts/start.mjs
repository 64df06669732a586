/** `npm start`: makes the program runnable, then is it: flags, signals and exit code need no passing on. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap, ROOT } from './bootstrap.mjs';

const COMMANDS = ['serve', 'doctor', 'pull', 'verify', 'models', 'ps', 'load', 'unload', 'cancel', 'top', 'help'];

bootstrap();
const program = join(ROOT, 'packages/server/dist/cli/cli.js');
const given = process.argv.slice(2);
const args = COMMANDS.includes(given[0]) ? given : ['serve', ...given];
process.argv = [process.execPath, program, ...args];
await import(pathToFileURL(program).href);
