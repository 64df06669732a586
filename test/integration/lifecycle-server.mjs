// A server of fake models for the test that kills it: loads the models that it is named and says their process ids.
import { FAKE_ENGINES } from '../../packages/server/dist/engines/fake/definition.js';
import { startWorker } from '../../packages/server/dist/engines/worker/host.js';
import { createModelManager } from '../../packages/server/dist/models/manager.js';
import { systemClock } from '../../packages/server/dist/shared/clock.js';
import { silentLog } from '../../packages/server/dist/shared/log.js';
import { readProcessBytes } from '../../packages/server/dist/shared/process-memory.js';

const models = process.argv.slice(2).map((id) => ({
  id,
  task: 'chat',
  engine: 'fake',
  title: id,
  licence: 'MIT',
  input: ['text'],
  languages: [],
  voices: [],
  settings: {},
  threads: 1,
  idleMs: null,
  fileBytes: 1000,
}));
const manager = createModelManager({
  models,
  weights: { resolve: () => Promise.resolve({}) },
  startWorker: (start) => startWorker({ ...start, env: { CONCERT_TEST_FAKE_ENGINE: '1' } }),
  engines: FAKE_ENGINES,
  budgets: { ram: 1e12 },
  deviceNames: { ram: 'RAM' },
  gpus: [],
  clock: systemClock,
  log: silentLog,
  readUse: async (pid) => ({ ram: await readProcessBytes(pid) }),
});
const signal = new AbortController().signal;
await manager.preload(
  models.map(({ id }) => id),
  signal,
);
process.send(manager.status().models.map(({ state }) => state.pid));
