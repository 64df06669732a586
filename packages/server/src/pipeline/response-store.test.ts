import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../shared/clock.ts';
import { Database } from '../shared/database.ts';
import { GatewayError } from '../shared/errors.ts';
import { silentLog } from '../shared/log.ts';
import { type KeptResponse, RESPONSE_TABLES, ResponseStore, type ResponseStoreOptions } from './response-store.ts';

let folder: string;
let nowMs: number;
let database: Database;
const clock: Clock = { now: () => nowMs, after: () => () => undefined };

const openDatabase = (): Database =>
  new Database({ path: join(folder, 'concert.db'), tables: [RESPONSE_TABLES], log: silentLog });

function createStore(options: Partial<ResponseStoreOptions> = {}): ResponseStore {
  return new ResponseStore({ database, clock, keepMs: 1000, mostBytes: 1_000_000, ...options });
}

function response(id: string, more: Partial<KeptResponse> = {}): KeptResponse {
  return { id, previousId: null, running: false, response: `{"id":"${id}"}`, input: '[]', ...more };
}

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return error instanceof GatewayError ? error.code : 'unknown';
  }
  return 'none';
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concert-responses-'));
  nowMs = 1_700_000_000_000;
  database = openDatabase();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

test('nothing touches the disk before the first use', () => {
  createStore();
  expect(readdirSync(folder)).toEqual([]);
});

test('a response is found as it was kept, after a restart too', () => {
  createStore().save(response('a', { response: '{"文":"限时"}', input: '[1]' }));
  database.close();
  database = openDatabase();
  expect(createStore().find('a')).toEqual({ id: 'a', state: 'finished', response: '{"文":"限时"}', input: '[1]' });
});

test('the file is for its user alone', () => {
  createStore().save(response('a'));
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
});

test('what is deleted is gone from the disk, and not only from the table', () => {
  const store = createStore();
  store.save(response('kept'));
  store.save(response('secret', { response: JSON.stringify({ text: 'correct horse battery staple '.repeat(500) }) }));
  const onDisk = (): boolean =>
    readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes('correct horse battery'));
  expect(onDisk()).toBe(true);
  expect(store.delete('secret')).toBe(true);
  expect(onDisk()).toBe(false);
  expect([store.find('secret'), store.delete('secret')]).toEqual([null, false]);
  expect(store.find('kept')).not.toBeNull();
});

test('a conversation comes whole, oldest first', () => {
  const store = createStore();
  store.save(response('a'));
  store.save(response('b', { previousId: 'a' }));
  store.save(response('c', { previousId: 'b' }));
  store.save(response('other', { previousId: 'a' }));
  expect(store.conversation('c', 1000).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('a conversation whose beginning was deleted is refused, never cut', () => {
  const store = createStore();
  store.save(response('a'));
  store.save(response('b', { previousId: 'a' }));
  store.delete('a');
  expect(() => store.conversation('b', 1000)).toThrow(/an earlier response of this conversation was deleted/);
  expect(codeOf(() => store.conversation('b', 1000))).toBe('previous_response_not_found');
  expect(codeOf(() => store.conversation('nobody', 1000))).toBe('previous_response_not_found');
});

test('a conversation of too many bytes is refused', () => {
  const store = createStore();
  store.save(response('a', { input: JSON.stringify('x'.repeat(600)) }));
  store.save(response('b', { previousId: 'a', input: JSON.stringify('y'.repeat(600)) }));
  expect(codeOf(() => store.conversation('b', 1000))).toBe('too_large');
  expect(store.conversation('a', 1000)).toHaveLength(1);
});

test('responses expire, but a conversation that goes on does not', () => {
  const store = createStore({ keepMs: 1000 });
  store.save(response('left'));
  store.save(response('used'));
  nowMs += 900;
  store.conversation('used', 1000);
  nowMs += 900;
  expect([store.find('left'), store.find('used')?.id]).toEqual([null, 'used']);
  store.prune();
  expect(database.all('SELECT id FROM responses')).toMatchObject([{ id: 'used' }]);
});

test('with no end to their keeping nothing expires', () => {
  const store = createStore({ keepMs: Number.POSITIVE_INFINITY });
  store.save(response('a'));
  nowMs += 1e12;
  store.prune();
  expect(store.find('a')?.id).toBe('a');
});

test('above the limit of bytes, those go that were not used for longest', () => {
  const store = createStore({ mostBytes: 10_000, keepMs: Number.POSITIVE_INFINITY });
  for (let at = 0; at < 30; at++) {
    nowMs += 1;
    store.save(response(`r${at}`, { input: JSON.stringify('z'.repeat(1000)) }));
  }
  const ids = database.all<{ id: string }>('SELECT id FROM responses ORDER BY used_ms').map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(7);
  expect(ids.length).toBeLessThan(11);
  expect(ids.at(-1)).toBe('r29');
});

test('above the limit of their number, too', () => {
  const store = createStore({ mostResponses: 5 });
  for (let at = 0; at < 40; at++) {
    nowMs += 1;
    store.save(response(`r${at}`));
  }
  store.prune();
  expect(database.all('SELECT id FROM responses')).toHaveLength(5);
  expect(store.find('r39')).not.toBeNull();
});

test('one that alone is above the limit is refused', () => {
  const store = createStore({ mostBytes: 100 });
  expect(codeOf(() => store.save(response('big', { input: JSON.stringify('x'.repeat(100)) })))).toBe('too_large');
});

test('one that was being written when its process ended is found as interrupted', () => {
  createStore().save(response('a', { running: true }));
  expect(createStore().find('a')?.state).toBe('interrupted');
  createStore().save(response('a'));
  expect(createStore().find('a')?.state).toBe('finished');
});

test('one that another living process writes is not interrupted, and cannot be gone on with yet', () => {
  const store = createStore();
  store.save(response('a', { running: true }));
  database.run('UPDATE responses SET process = ?', process.ppid);
  expect(store.find('a')?.state).toBe('running');
  expect(codeOf(() => store.conversation('a', 1000))).toBe('previous_response_not_found');
});

test('a file that is no database is a plain sentence without a path, and nothing is lost when it is repaired', () => {
  const path = join(folder, 'concert.db');
  writeFileSync(path, 'this is no database at all '.repeat(100));
  const store = createStore();
  expect(codeOf(() => store.check())).toBe('storage_failed');
  expect(() => store.check()).toThrow(/its database cannot be opened or written/);
  expect(() => store.check()).not.toThrow(folder);
  rmSync(path);
  store.check();
  store.save(response('a'));
  expect(store.find('a')?.id).toBe('a');
});

test('a folder that cannot be is a plain sentence too', () => {
  writeFileSync(join(folder, 'file'), '');
  database = new Database({ path: join(folder, 'file', 'concert.db'), tables: [RESPONSE_TABLES], log: silentLog });
  expect(codeOf(() => createStore().check())).toBe('storage_failed');
});

test.skipIf(process.getuid?.() === 0)('a folder without rights to write is a plain sentence too', () => {
  chmodSync(folder, 0o500);
  expect(codeOf(() => createStore().check())).toBe('storage_failed');
  chmodSync(folder, 0o700);
});

test('tables of a newer version stop an older one before it harms them', () => {
  createStore().save(response('a'));
  database.run('UPDATE table_steps SET done = 99');
  database.close();
  database = openDatabase();
  expect(codeOf(() => createStore().check())).toBe('storage_failed');
});
