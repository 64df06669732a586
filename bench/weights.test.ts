import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BenchError } from './options.ts';
import { openModels, profileOfChatModel, recordings } from './weights.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'concert bench '));
});
afterAll(() => rmSync(home, { recursive: true }));

test('missing models are named in one sentence, with the command that fetches them', async () => {
  const refused = openModels(home, 'edge', 1);
  await expect(refused).rejects.toThrow(BenchError);
  await expect(refused).rejects.toThrow(/^smollm2-135m-instruct-q4_1, .+ are not in /);
  await expect(refused).rejects.toThrow(`run: CONCERT_HOME='${home}' npm start -- pull --profile edge`);
});

test('missing recordings come with the commands that make them known and fetch them', async () => {
  const refused = recordings(home);
  await expect(refused).rejects.toThrow(`cp test/catalogue/test-speech.yaml '${join(home, 'catalogue')}'/`);
  await expect(refused).rejects.toThrow('npm start -- pull test-speech');
});

test('a language model is measured in the profile that it leads', () => {
  expect(profileOfChatModel('smollm2-135m-instruct-q4_1')).toBe('edge');
  expect(() => profileOfChatModel('gpt-4')).toThrow(
    /no profile is led by the model "gpt-4"; --model takes one of: smollm2/,
  );
});
