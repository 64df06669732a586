import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { devicesOf, bytesOn, type Footprint } from './footprint.ts';
import type { Metrics, MetricsSnapshot } from './metrics.ts';

const TOKEN_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5];
const FIRST_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const REQUEST_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const LOAD_SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640];
const WAIT_SECONDS = [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const TOKENS_PER_SECOND = [1, 2.5, 5, 10, 15, 20, 30, 40, 60, 80, 120, 160, 240, 400];

/**
 * How often the event loop's lag is looked at; each figure of it contains this time. More often would be most of what an idle server
 * costs, and keeps a laptop's processor awake.
 */
const LAG_INTERVAL_MS = 50;

/** Metrics kept in this process, with its own: CPU, memory, event loop lag. Each call makes a registry of its own. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_INTERVAL_MS });
  const gauges = createGauges(registry);
  gauges.build.set({ version }, 1);
  return {
    ...requestMetrics(registry),
    ...answerMetrics(registry),
    ...lifecycleMetrics(registry),
    async render(snapshot) {
      gauges.show(snapshot);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function counters(registry: Registry) {
  return <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name: `concert_${name}`, help, labelNames: [...labelNames], registers: [registry] });
}

function histograms(registry: Registry) {
  return <L extends string>(
    name: string,
    help: string,
    { labels, buckets }: { readonly labels: readonly L[]; readonly buckets: readonly number[] },
  ): Histogram<L> =>
    new Histogram({
      name: `concert_${name}`,
      help,
      labelNames: [...labels],
      buckets: [...buckets],
      registers: [registry],
    });
}

function requestMetrics(registry: Registry): Pick<Metrics, 'requestBegan' | 'requestEnded' | 'waited' | 'stepEnded'> {
  const counter = counters(registry);
  const histogram = histograms(registry);
  const inFlight = new Gauge({
    name: 'concert_requests_in_flight',
    help: 'Requests that are being answered.',
    registers: [registry],
  });
  const requests = counter('requests_total', 'Requests by what became of them.', ['method', 'path', 'status', 'model']);
  const aborted = counter(
    'requests_aborted_total',
    'Requests that ended with 499: the client left, or an operator cancelled.',
    ['path'],
  );
  const seconds = histogram('request_duration_seconds', 'From a request’s arrival to its end.', {
    labels: ['path'],
    buckets: REQUEST_SECONDS,
  });
  const waits = histogram('model_wait_seconds', 'How long requests waited until they had the model.', {
    labels: ['model'],
    buckets: WAIT_SECONDS,
  });
  const steps = histogram('step_duration_seconds', 'The steps of requests, waiting for the model included.', {
    labels: ['step', 'model'],
    buckets: REQUEST_SECONDS,
  });
  return {
    requestBegan: () => inFlight.inc(),
    requestEnded({ method, path, status, model, ms }) {
      inFlight.dec();
      requests.inc({ method, path, status: String(status), model });
      if (status === 499) aborted.inc({ path });
      seconds.observe({ path }, ms / 1000);
    },
    waited: (model, ms) => waits.observe({ model }, ms / 1000),
    stepEnded: (step, model, ms) => steps.observe({ step, model }, ms / 1000),
  };
}

function answerMetrics(registry: Registry): Pick<Metrics, 'firstText' | 'textGap' | 'answered'> {
  const counter = counters(registry);
  const histogram = histograms(registry);
  const first = histogram('time_to_first_token_seconds', 'From a chat’s arrival to the first piece of its answer.', {
    labels: ['model'],
    buckets: FIRST_SECONDS,
  });
  const gaps = histogram('inter_token_latency_seconds', 'Between two pieces of an answer.', {
    labels: ['model'],
    buckets: TOKEN_SECONDS,
  });
  const speed = histogram(
    'completion_tokens_per_second',
    'Speed of single answers, from their first piece to their last.',
    {
      labels: ['model'],
      buckets: TOKENS_PER_SECOND,
    },
  );
  const prompt = counter('prompt_tokens_total', 'Tokens of prompts.', ['model']);
  const cached = counter('cached_prompt_tokens_total', 'Tokens of prompts that an earlier request had left.', [
    'model',
  ]);
  const completion = counter('completion_tokens_total', 'Tokens of answers.', ['model']);
  const gapOf = new Map<string, { observe: (seconds: number) => void }>();
  return {
    firstText: (model, ms) => first.observe({ model }, ms / 1000),
    textGap(model, ms) {
      let bound = gapOf.get(model);
      if (bound === undefined) gapOf.set(model, (bound = gaps.labels({ model })));
      bound.observe(ms / 1000);
    },
    answered(model, { promptTokens, cachedTokens, completionTokens, writeMs }) {
      prompt.inc({ model }, promptTokens);
      cached.inc({ model }, cachedTokens);
      completion.inc({ model }, completionTokens);
      if (writeMs !== null && writeMs > 0) speed.observe({ model }, ((completionTokens - 1) * 1000) / writeMs);
    },
  };
}

type LifecycleMetrics = Pick<
  Metrics,
  | 'loadStarted'
  | 'loaded'
  | 'loadFailed'
  | 'unloaded'
  | 'slept'
  | 'woke'
  | 'crashed'
  | 'breakerOpened'
  | 'memoryKept'
  | 'refused'
>;

function lifecycleMetrics(registry: Registry): LifecycleMetrics {
  const counter = counters(registry);
  const loadOptions = { labels: ['model'], buckets: LOAD_SECONDS } as const;
  const histogram = histograms(registry);
  const loads = counter('model_loads_total', 'Loads begun, by why.', ['model', 'reason']);
  const failures = counter('model_load_failures_total', 'Loads that came to nothing.', ['model', 'reason']);
  const unloads = counter('model_unloads_total', 'Models that left memory, by why; evictions are those to make room.', [
    'model',
    'reason',
  ]);
  const crashes = counter('model_crashes_total', 'Processes that ended by themselves.', ['model']);
  const breaker = counter('model_breaker_openings_total', 'Models left alone for a while after repeated failures.', [
    'model',
  ]);
  const kept = counter('memory_kept_total', 'Unloads after which memory did not come back.', ['model', 'device']);
  const sleeps = counter('model_sleeps_total', 'Models put to sleep.', ['model']);
  const refusals = counter('model_refusals_total', 'Requests that were not given the model.', ['model', 'code']);
  const loadSeconds = histogram('model_load_seconds', 'How long loads took.', loadOptions);
  const unloadSeconds = histogram('model_unload_seconds', 'Until the memory was back.', loadOptions);
  const wakeSeconds = histogram('model_wake_seconds', 'How long models took to come back from sleep.', loadOptions);
  return {
    loadStarted: (model, reason) => loads.inc({ model, reason }),
    loaded: (model, ms) => loadSeconds.observe({ model }, ms / 1000),
    loadFailed: (model, reason) => failures.inc({ model, reason }),
    unloaded(model, reason, ms) {
      unloads.inc({ model, reason });
      unloadSeconds.observe({ model }, ms / 1000);
    },
    slept: (model) => sleeps.inc({ model }),
    woke: (model, ms) => wakeSeconds.observe({ model }, ms / 1000),
    crashed: (model) => crashes.inc({ model }),
    breakerOpened: (model) => breaker.inc({ model }),
    memoryKept: (model, device) => kept.inc({ model, device }),
    refused: (model, code) => refusals.inc({ model, code }),
  };
}

function createGauges(registry: Registry) {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name: `concert_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const build = gauge('build_info', 'Always 1; the version is a label.', ['version']);
  const state = gauge('model_state', '1 for the state that the model is in.', ['model', 'state']);
  const users = gauge('model_users', 'Requests that the model serves now.', ['model']);
  const waiting = gauge('model_queue_depth', 'Requests that wait for the model.', ['model']);
  const reserved = gauge('model_reserved_bytes', 'Counted against the budget.', ['model', 'device']);
  const measured = gauge('model_measured_bytes', 'What the model’s process holds.', ['model', 'device']);
  const budget = gauge('memory_budget_bytes', 'Most that all models together may hold.', ['device']);
  const allReserved = gauge('memory_reserved_bytes', 'Counted against the budget.', ['device']);
  const allMeasured = gauge('memory_measured_bytes', 'What the models’ processes hold.', ['device']);
  const kept = gauge('memory_kept_bytes', 'Of ended models, and did not come back.', ['device']);
  const setBytes = (into: Gauge<'model' | 'device'>, model: string, footprint: Footprint): void => {
    for (const device of devicesOf(footprint)) into.set({ model, device }, bytesOn(footprint, device));
  };
  return {
    build,
    show({ models, devices }: MetricsSnapshot): void {
      // What is no more, such as the bytes of a model that left a device, must not stay.
      for (const each of [state, reserved, measured]) each.reset();
      for (const model of models) {
        state.set({ model: model.id, state: model.state }, 1);
        users.set({ model: model.id }, model.users);
        waiting.set({ model: model.id }, model.waiters);
        setBytes(reserved, model.id, model.reserved);
        setBytes(measured, model.id, model.measured ?? {});
      }
      for (const { id, budgetBytes, reservedBytes, measuredBytes, keptBytes } of devices) {
        budget.set({ device: id }, budgetBytes);
        allReserved.set({ device: id }, reservedBytes);
        allMeasured.set({ device: id }, measuredBytes);
        kept.set({ device: id }, keptBytes);
      }
    },
  };
}
