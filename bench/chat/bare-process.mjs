/**
 * The program of the bare side: loads a model with the built loop and runs it as told over IPC, one message for a whole run, so that
 * what is measured within a run is the loop alone. The first argument is the loop's module.
 */
import { pathToFileURL } from 'node:url';

const { openBareLoop } = await import(pathToFileURL(process.argv[2]).href);
let loop = null;

function answer(message) {
  switch (message.kind) {
    case 'open':
      loop = openBareLoop(message.options);
      return null;
    case 'run':
      return loop.run(message.conversations, message.maxTokens);
    default:
      throw new Error(`what is ${message.kind}?`);
  }
}

process.on('message', (message) => {
  try {
    process.send({ result: answer(message) });
  } catch (error) {
    process.send({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
