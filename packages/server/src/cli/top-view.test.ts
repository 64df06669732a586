import type { AdminModels, AdminRequests, RequestReport, SlotReport } from '@concert/protocol';
import { expect, test } from 'vitest';
import { modelTable } from './ps.ts';
import { type TopSample, topView } from './top-view.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function slot(changes: Partial<SlotReport>): SlotReport {
  return {
    id: 'model',
    task: 'chat',
    engine: 'fake',
    state: 'ready',
    progress: null,
    users: 0,
    waiters: 0,
    concurrency: 4,
    pid: 1,
    reason: null,
    retry_at: null,
    reserved_bytes: 2e9,
    measured_bytes: 1.5e9,
    memory: { reserved: { ram: 2e9 }, measured: { ram: 1e9, 'gpu:0': 5e8 }, expected: {} },
    last_used: null,
    load_ms: 1_234,
    loads: [],
    pinned: false,
    keep_alive_ms: 300_000,
    expires_at: null,
    shrunk: false,
    ...changes,
  };
}

function asked(changes: Partial<RequestReport>): RequestReport {
  return {
    id: 'req_1',
    path: '/v1/chat/completions',
    model: 'hub',
    answering: 'model',
    step: 'chat',
    state: 'running',
    started_at: '2026-01-01T00:00:00Z',
    age_ms: 2_000,
    waited_ms: 500,
    tokens: 0,
    stream: true,
    priority: 'normal',
    session: null,
    queue_position: null,
    ...changes,
  };
}

function sampleOf(atMs: number, requests: readonly RequestReport[]): TopSample {
  const ram = { id: 'ram', name: 'RAM', budget_bytes: 4e9, reserved_bytes: 2e9, measured_bytes: 1e9, kept_bytes: 0 };
  const gpu = {
    id: 'gpu:0',
    name: 'Card',
    budget_bytes: 1e9,
    reserved_bytes: 9e9,
    measured_bytes: 9e9,
    kept_bytes: 3e8,
  };
  const memory = { budget_bytes: 5e9, reserved_bytes: 11e9, devices: [ram, gpu] };
  const models: AdminModels = { object: 'list', data: [slot({})], memory };
  const listed: AdminRequests = { object: 'list', data: [...requests] };
  return { atMs, models, requests: listed };
}

/** The row of the table for one model, its columns joined by one space. */
function row(changes: Partial<SlotReport>): string {
  return (modelTable([slot(changes)], NOW).split('\n')[1] ?? '').replace(/ {2,}/g, ' | ');
}

test('the table tells state, users, memory, device, when a model leaves and how long it loads', () => {
  expect(row({ users: 2, waiters: 3 })).toBe('model | ready | 2/3 | 1.50 GB | ram gpu:0 | 5 min after use | 1.2 s');
  expect(row({ expires_at: '2026-01-01T00:00:42Z' })).toContain('| in 42 s |');
  expect(row({ pinned: true })).toContain('| never (pinned) |');
  expect(row({ keep_alive_ms: null })).toContain('| never |');
  expect(row({ shrunk: true })).toContain('| ready (smaller context) |');
  expect(row({ keep_alive_ms: 5_400_000 })).toContain('| 1 h 30 min after use |');
});

test('a model that loads shows how far it has come and what is reserved for it', () => {
  const memory = { reserved: { 'gpu:0': 2e9 }, measured: null, expected: {} };
  const loading = {
    state: 'loading',
    progress: { stage: 'weights loaded', fraction: 0.5 },
    measured_bytes: null,
  } as const;
  expect(row({ ...loading, memory, load_ms: null })).toBe(
    'model | loading: weights loaded 50 % | 0/0 | 2.00 GB reserved | gpu:0 | 5 min after use | –',
  );
  const nothing = { reserved: {}, measured: null, expected: {} };
  expect(row({ state: 'unloaded', memory: nothing, measured_bytes: null, reserved_bytes: 0 })).toContain('| – | – |');
});

test('memory bars show what is held, what is reserved beyond that, and never overflow', () => {
  const lines = topView(sampleOf(NOW, []), null, 'http://127.0.0.1:8000').split('\n');
  expect(lines.find((line) => line.startsWith('ram'))).toContain('[########+++++++...............]');
  expect(lines.find((line) => line.startsWith('gpu:0'))).toMatch(/\[#{30}\].* 300 MB not given back/);
  expect(lines.at(-1)).toBe('no requests under way');
});

test('requests show what they wait for or do, and the speed of all together', () => {
  const before = sampleOf(NOW, [asked({ tokens: 10 }), asked({ id: 'gone', tokens: 99 })]);
  const waiting = asked({ id: 'req_2', state: 'waiting', queue_position: 2, priority: 'high' });
  const now = sampleOf(NOW + 2_000, [asked({ tokens: 50 }), waiting, asked({ id: 'new', tokens: 10 })]);
  const text = topView(now, before, 'http://127.0.0.1:8000');
  expect(text).toContain('3 requests (1 waiting)   25.0 tokens/s');
  expect(text).toMatch(/req_2 .* waits, place 2 .* high/);
});

test('a model’s name that a client made up cannot act on the terminal', () => {
  const wild = asked({ answering: null, model: `\x1b[2J\u009b31m${'x'.repeat(500)}` });
  const text = topView(sampleOf(NOW, [wild]), null, 'http://127.0.0.1:8000');
  expect(text).not.toContain('\x1b');
  expect(text).not.toContain('\u009b');
  expect(text.length).toBeLessThan(1_000);
});
