import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ENGINES } from '../../engines/registry.ts';
import { catalogueOf, loadCatalogue } from './catalogue.ts';
import { loadProfiles, profileModels } from '../profile/profile.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concert-catalogue-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const GOOD = `
id: m
task: chat
engine: fake
title: M
licence: MIT
input: [text]
files:
  - name: a.gguf
    bytes: 3
    sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
    sources:
      - { kind: huggingface, repo: o/m, revision: main, path: a.gguf }
`;

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

test('an entry that is as the schema wants it is loaded', () => {
  write('m.yaml', GOOD);
  expect(loadCatalogue(folder).get('m').files[0]?.name).toBe('a.gguf');
});

test('an unknown key stops the start and the message names file and key', () => {
  write('m.yaml', GOOD.replace('bytes: 3', 'bytes: 3\n    size: 3'));
  expect(() => loadCatalogue(folder)).toThrow('catalogue file m.yaml: files.0: unknown key "size"');
});

test('a digest that is none is named with its place', () => {
  write('m.yaml', GOOD.replace('ba7816', 'BA7816'));
  expect(() => loadCatalogue(folder)).toThrow('catalogue file m.yaml: files.0.sha256: a SHA-256 in lower-case hex');
});

test('a broken YAML file is named', () => {
  write('m.yaml', 'id: [');
  expect(() => loadCatalogue(folder)).toThrow('catalogue file m.yaml is not valid YAML');
});

test('what an entry loads must be fetched or made', () => {
  write('m.yaml', `${GOOD}loads: [b.gguf]\n`);
  expect(() => loadCatalogue(folder)).toThrow('catalogue file m.yaml: loads: b.gguf is neither fetched nor made');
});

test('an entry without files or snapshot is refused', () => {
  write('m.yaml', `${GOOD.split('files:')[0] ?? ''}`);
  expect(() => loadCatalogue(folder)).toThrow('at least one file, or a snapshot');
});

test('an entry of the user’s folder replaces one of the same id', () => {
  write('m.yaml', GOOD);
  const user = mkdtempSync(join(folder, 'user-'));
  writeFileSync(join(user, 'mine.yaml'), GOOD.replace('title: M', 'title: Mine'));
  expect(loadCatalogue([folder, user]).get('m').title).toBe('Mine');
});

test('an id that no entry has is refused by name', () => {
  expect(() => catalogueOf([]).get('nobody')).toThrow('no model nobody is in the catalogue');
});

test('every entry that comes with the server is well-formed and its engine exists or is launched', () => {
  const engines = [...ENGINES.map((engine) => engine.name), 'vllm'];
  for (const entry of loadCatalogue().entries) expect(engines, entry.id).toContain(entry.engine);
});

test('every profile names models of the catalogue, each for its own task', () => {
  const catalogue = loadCatalogue();
  for (const profile of loadProfiles().values()) {
    for (const id of profileModels(profile)) expect(() => catalogue.get(id), `${profile.id}: ${id}`).not.toThrow();
    const { chat, ocr, asr, tts } = profile.roles;
    expect([chat, ocr, asr].map((id) => catalogue.get(id).task)).toEqual(['chat', 'ocr', 'asr']);
    for (const [language, id] of Object.entries(tts)) expect(catalogue.get(id).languages).toContain(language);
  }
});
