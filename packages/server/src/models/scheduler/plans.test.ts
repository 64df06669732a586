import { describe, expect, test } from 'vitest';
import { Bench, IDLE_MS } from './test-scheduler.ts';

describe('plans', () => {
  test('the next model is loaded as soon as the step before has its own', () => {
    const bench = new Bench([{ id: 'ocr' }, { id: 'chat' }, { id: 'tts' }], 12);
    expect(bench.plan(1, 'ocr', 'chat', 'tts')).toEqual([]);
    expect(bench.acquire('ocr', { planId: 1 })).toEqual(['load ocr']);
    expect(bench.loaded('ocr')).toEqual(['grant 1 ocr', 'prefetch chat', 'prefetch tts']);
    bench.loaded('chat');
    expect(bench.acquire('chat', { planId: 1 })).toEqual(['grant 2 chat']);
  });

  test('what is loaded ahead takes the room of idle models that no plan needs', () => {
    const bench = new Bench([{ id: 'old' }, { id: 'ocr' }, { id: 'chat' }], 8);
    bench.idle('old');
    bench.pass(30_000);
    bench.plan(1, 'ocr', 'chat');
    bench.acquire('ocr', { planId: 1 });
    expect(bench.loaded('ocr')).toEqual(['grant 2 ocr', 'stop old evicted']);
    expect(bench.gone('old')).toEqual(['prefetch chat']);
  });

  test('nothing is loaded ahead while a request waits for room', () => {
    const bench = new Bench([{ id: 'ocr' }, { id: 'chat', bytes: 2 }, { id: 'other' }, { id: 'large', bytes: 9 }], 12);
    bench.use('other');
    bench.plan(1, 'ocr', 'chat');
    bench.acquire('ocr', { planId: 1 });
    bench.acquire('large');
    expect(bench.loaded('ocr')).toEqual(['grant 2 ocr']);
  });

  test('a load ahead makes way for one that a request waits for', () => {
    const bench = new Bench([{ id: 'ocr' }, { id: 'chat' }, { id: 'wanted' }], 8);
    bench.plan(1, 'ocr', 'chat');
    bench.acquire('ocr', { planId: 1 });
    bench.loaded('ocr');
    expect(bench.acquire('wanted')).toEqual(['cancel-load chat']);
    expect(bench.gone('chat')).toEqual(['load wanted']);
  });

  test('a load ahead is given up when its plan ends, but not one that a request waits for by then', () => {
    const bench = new Bench([{ id: 'ocr' }, { id: 'chat' }, { id: 'tts' }], 12);
    bench.plan(1, 'ocr', 'chat', 'tts');
    bench.acquire('ocr', { planId: 1 });
    bench.loaded('ocr');
    bench.acquire('chat');
    expect(bench.endPlan(1)).toEqual(['cancel-load tts']);
    expect(bench.loaded('chat')).toEqual(['grant 2 chat']);
  });

  test('a model that a plan will need is not idle, and is again when the plan ends', () => {
    const bench = new Bench([{ id: 'ocr' }, { id: 'chat' }], 12);
    bench.plan(1, 'ocr', 'chat');
    bench.acquire('ocr', { planId: 1 });
    bench.loaded('ocr');
    bench.loaded('chat');
    expect(bench.pass(2 * IDLE_MS)).toEqual([]);
    expect(bench.endPlan(1)).toEqual(['stop chat idle']);
  });

  test('a plan does not evict its own next model while another can go', () => {
    const bench = new Bench([{ id: 'tts' }, { id: 'other' }, { id: 'chat' }], 8);
    bench.idle('tts');
    bench.pass(10_000);
    bench.idle('other');
    bench.pass(10_000);
    bench.plan(1, 'chat', 'tts');
    expect(bench.acquire('chat', { planId: 1 })).toEqual(['stop other evicted']);
  });

  test('models of other running plans are spared too', () => {
    const bench = new Bench([{ id: 'tts' }, { id: 'other' }, { id: 'chat' }], 8);
    bench.idle('tts');
    bench.pass(10_000);
    bench.idle('other');
    bench.pass(10_000);
    bench.plan(1, 'tts');
    expect(bench.acquire('chat')).toEqual(['stop other evicted']);
  });

  test('where two steps cannot lie together, the first goes when it has no users', () => {
    const bench = new Bench([{ id: 'ocr' }, { id: 'chat' }], 6);
    bench.plan(1, 'ocr', 'chat');
    bench.acquire('ocr', { planId: 1 });
    expect(bench.loaded('ocr')).toEqual(['grant 1 ocr']);
    expect(bench.acquire('chat', { planId: 1 })).toEqual([]);
    expect(bench.release('ocr')).toEqual(['stop ocr evicted']);
    expect(bench.gone('ocr')).toEqual(['load chat']);
  });

  test('a load ahead that fails is not tried again for its plan, and ends nothing', () => {
    const bench = new Bench([{ id: 'ocr' }, { id: 'chat' }, { id: 'idle' }], 12);
    bench.idle('idle');
    bench.plan(1, 'ocr', 'chat');
    bench.acquire('ocr', { planId: 1 });
    bench.loaded('ocr');
    expect(bench.loadFailed('chat', 'it ran out', true)).toEqual([]);
    expect(bench.pass(1)).toEqual([]);
    expect(bench.acquire('chat', { planId: 1 })).toEqual(['load chat']);
  });
});
