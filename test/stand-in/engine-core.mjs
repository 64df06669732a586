/** The engine core of the stand-in: starts the workers and loads. `node engine-core.mjs WORKERS MODEL MAX_MODEL_LEN` */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { behaviour, endWithParent, log, report } from './behaviour.mjs';

const NAME = 'EngineCore_DP0';
process.title = `VLLM::${NAME}`;
const [count, model, tokens] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4])];
let ending = false;
endWithParent(() => {
  ending = true;
  process.exit(0);
});

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url));
log(
  NAME,
  `[core.py:93] Initializing a V1 LLM engine (v0.12.0) with config: model='${model}', tensor_parallel_size=${count}`,
);
const workers = Array.from({ length: count }, (_, rank) => fork(worker, [String(rank), model]));
await Promise.all(workers.map((child) => once(child, 'message')));
report({ event: 'started', core: process.pid, workers: workers.map((child) => child.pid) });
for (const child of workers) {
  child.on('exit', () => {
    if (ending || !behaviour.noticeDeath) return;
    log(NAME, '[multiproc_executor.py:230] Worker proc VllmWorker died unexpectedly, shutting down executor.', 'ERROR');
    process.send({ dead: true });
    process.exit(1);
  });
}

const FAILURES = {
  free:
    'ValueError: Free memory on device (18.3/23.52 GiB) on startup is less than desired GPU memory utilization (0.9, 21.17 GiB). ' +
    'Decrease GPU memory utilization or reduce GPU memory used by other processes.',
  cache:
    `ValueError: To serve at least one request with the models's max seq len (${tokens}), (0.97 GiB KV cache is needed, which is larger than ` +
    'the available KV cache memory (0.41 GiB). Based on the available memory, the estimated maximum model length is 10752. ' +
    'Try increasing `gpu_memory_utilization` or decreasing `max_model_len` when initializing the engine.',
  cuda: 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.16 GiB. GPU 0 has a total capacity of 23.52 GiB of which 412.00 MiB is free.',
};

const step = behaviour.loadMs / 12;
for (let shard = 0; shard <= 5; shard++) {
  process.stderr.write(
    `\rLoading safetensors checkpoint shards: ${String(shard * 20).padStart(3)}% Completed | ${shard}/5 [00:0${shard}<00:01,  1.02it/s]\n`,
  );
  await sleep(step);
}
const fails = behaviour.outOfMemory !== null && tokens > behaviour.fitsTokens;
const failure = behaviour.failLoad ?? (fails ? FAILURES[behaviour.outOfMemory] : null);
if (failure !== null) {
  log(NAME, '[core.py:866] EngineCore failed to start.', 'ERROR');
  log(NAME, '[core.py:866] Traceback (most recent call last):', 'ERROR');
  log(
    NAME,
    '[core.py:866]   File "/opt/venv/lib/python3.12/site-packages/vllm/v1/engine/core.py", line 857, in run_engine_core',
    'ERROR',
  );
  log(NAME, `[core.py:866] ${failure}`, 'ERROR');
  process.send({ failed: true });
  await sleep(20);
  process.exit(1);
}
log('Worker_TP0', '[default_loader.py:308] Loading weights took 3.02 seconds');
log('Worker_TP0', '[gpu_model_runner.py:3549] Model loading took 10.31 GiB memory and 4.1 seconds');
await sleep(step);
log('Worker_TP0', '[backends.py:631] Dynamo bytecode transform time: 4.83 s');
await sleep(step);
log(NAME, '[kv_cache_utils.py:1291] GPU KV cache size: 203,840 tokens');
for (const percent of [0, 50, 100]) {
  process.stderr.write(
    `Capturing CUDA graphs (mixed prefill-decode, PIECEWISE): ${percent}%|███| ${percent / 10}/10 [00:01<00:00]\n`,
  );
  await sleep(step);
}
log('Worker_TP0', '[gpu_model_runner.py:4466] Graph capturing finished in 2 secs, took 0.31 GiB');

let backup = null;
process.on('message', async ({ sleep: asleep }) => {
  const answers = workers.map((child) => once(child, 'message'));
  for (const child of workers) child.send({ sleep: asleep });
  await Promise.all(answers);
  backup = asleep ? Buffer.alloc(count * behaviour.workerBytes, 1) : null;
  log(
    NAME,
    asleep
      ? '[executor_base.py:204] It took 0.52 seconds to fall asleep.'
      : '[executor_base.py:222] It took 0.11 seconds to wake up.',
  );
  process.send({ sleeping: asleep, backup: backup?.length ?? 0 });
});
process.send({ ready: true });
