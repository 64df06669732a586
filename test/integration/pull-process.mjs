/** A process that pulls one model from a hub, as `concert pull` does; its argument is JSON. Prints what happened as JSON lines. */
import { FileStore } from '../../packages/server/dist/models/store/store.js';
import { catalogueOf } from '../../packages/server/dist/models/catalogue/catalogue.js';
import { openSources } from '../../packages/server/dist/models/pull/open-sources.js';
import { pullModels } from '../../packages/server/dist/models/pull/pull.js';

const { home, endpoint, entry } = JSON.parse(process.argv[2]);
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
const store = new FileStore({ home, catalogue: catalogueOf([entry]), log });
const open = openSources({ order: ['huggingface'], huggingfaceEndpoint: endpoint }, store, log);
const report = await pullModels([entry.id], {
  store,
  sources: open.sources,
  log,
  signal: new AbortController().signal,
  onProgress: (event) => {
    if (event.kind === 'waiting') say({ waitingFor: event.pid });
  },
  lock: { heartbeatMs: 100, staleMs: 20_000 },
});
await open[Symbol.asyncDispose]();
say(report);
