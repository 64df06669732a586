/** One worker of the stand-in: holds memory as a GPU would. `node --expose-gc worker.mjs RANK` */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { behaviour, endWithParent, log } from './behaviour.mjs';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const name = `Worker_TP${process.argv[2]}`;
process.title = `VLLM::${name}`;
endWithParent(() => process.exit(0));

// Filled, so that the pages are really there.
let held = Buffer.alloc(behaviour.workerBytes, 1);
log(name, `[gpu_model_runner.py:3067] Starting to load model ${process.argv[3]}...`);

process.on('message', ({ sleep }) => {
  held = sleep ? null : Buffer.alloc(behaviour.workerBytes, 1);
  if (sleep) collectGarbage();
  process.send({ done: true, held: held?.length ?? 0 });
});
process.send({ ready: true });
setInterval(() => undefined, 2 ** 30);
