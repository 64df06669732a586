import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configJsonSchema, loadConfig } from './config.ts';
import { parseByteSize, parseDurationMs } from './config-values.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concert-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = (yaml: string | null, flags = {}, env: Record<string, string> = {}) => {
  if (yaml !== null) writeFileSync(join(folder, 'concert.yaml'), yaml);
  return loadConfig(flags, { CONCERT_HOME: join(folder, 'home'), ...env }, folder);
};

test('with no file everything has a default', () => {
  const config = load(null);
  expect(config).toMatchObject({
    served_model_name: 'autoglm-phone-9b',
    idle_unload: 300_000,
    file: null,
  });
  expect(config.server).toMatchObject({ host: '127.0.0.1', port: 8000, body_limit: 33_554_432 });
  expect(config.routing.rules.map((rule) => rule.route)).toEqual(['ASR_SERVICE', 'OCR_SERVICE', 'SELF_INFER']);
});

test("the articles' config.yaml is a configuration", () => {
  const config = load('served_model_name: autoglm-phone-9b\nmax_num_seqs: 16\nmax_seq_len: 2048\n');
  expect(config).toMatchObject({ max_num_seqs: 16, max_seq_len: 2048 });
});

test('a flag wins over the environment, that over the file', () => {
  const yaml = 'server: { port: 1 }\nprofile: edge\nidle_unload: 1m\n';
  const config = load(yaml, { port: '3' }, { CONCERT_PORT: '2', CONCERT_PROFILE: 'laptop' });
  expect(config.server.port).toBe(3);
  expect(config.profile).toBe('laptop');
  expect(config.idle_unload).toBe(60_000);
});

test('an empty variable counts as not set', () => {
  const config = loadConfig({}, { CONCERT_HOME: '', CONCERT_CONFIG: '', CONCERT_PORT: '', HF_TOKEN: '' }, folder);
  expect(config).toMatchObject({ file: null, huggingfaceToken: null, server: { port: 8000 } });
  expect(config.home).toMatch(/concert$/);
});

test('an unknown key stops the start and is named', () => {
  expect(() => load('max_seqs: 3\n')).toThrow(/unknown key "max_seqs"/);
  expect(() => load('server: { prot: 3 }\n')).toThrow(/unknown key "prot" under server/);
});

test('wrong values are named with what was expected', () => {
  expect(() => load('server: { body_limit: lots }\n')).toThrow(/server\.body_limit: expected a size such as/);
  expect(() => load('idle_unload: soon\n')).toThrow(/idle_unload: expected a duration/);
  expect(() => load('server: { port: 99999 }\n')).toThrow(/server\.port/);
  expect(() => load(null, { port: 'eighty' })).toThrow(/server\.port/);
});

test('broken YAML and an absent --config are plain sentences', () => {
  expect(() => load('a: [1\n')).toThrow(/is not valid YAML/);
  expect(() => load(null, { config: join(folder, 'none.yaml') })).toThrow(/cannot be read/);
});

test('`never` keeps a model loaded', () => {
  expect(load('idle_unload: never\n').idle_unload).toBe(Number.POSITIVE_INFINITY);
});

test('sizes and durations are read in the usual units', () => {
  expect([
    parseByteSize('512MB'),
    parseByteSize('8GiB'),
    parseByteSize(7),
    parseByteSize('1.5 kb'),
    parseByteSize('x'),
  ]).toEqual([512e6, 8 * 2 ** 30, 7, 1500, null]);
  expect([
    parseDurationMs('90s'),
    parseDurationMs('5m'),
    parseDurationMs('250ms'),
    parseDurationMs(2),
    parseDurationMs('1d'),
    parseDurationMs('1y'),
  ]).toEqual([90_000, 300_000, 250, 2000, 86_400_000, null]);
});

test('the JSON Schema knows every top-level key', () => {
  const schema = configJsonSchema() as { properties: object; additionalProperties: boolean };
  expect(Object.keys(schema.properties)).toContain('max_num_seqs');
  expect(schema.additionalProperties).toBe(false);
});
