/** `npm run bench`: makes the program runnable, then runs the benches, whose sources need no build of their own. */
import { join } from 'node:path';
import { bootstrap, ROOT } from './bootstrap.mjs';

bootstrap();
// Installed by the line above where it was missing.
const { runnerImport } = await import('vite');
const { module } = await runnerImport(join(ROOT, 'bench/main.ts'), {
  root: ROOT,
  // What Node 20 cannot run, such as `using`, is rewritten.
  oxc: { target: 'node20' },
  environments: {
    inline: { resolve: { conditions: ['@concert/source'], noExternal: [/^@concert\//] } },
  },
});
process.exitCode = await module.main(process.argv.slice(2));
