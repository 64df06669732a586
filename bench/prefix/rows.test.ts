import { expect, test } from 'vitest';
import { reloadRows, talkRows, togetherRows } from './rows.ts';

const turn = (firstTextMs: number, cachedTokens = 0) => ({ firstTextMs, promptTokens: 100, cachedTokens });
const valueOf = (rows: ReturnType<typeof talkRows>, what: string) => rows.find((row) => row.what === what)?.values;

test('turns after the first are judged together, each round against the same round', () => {
  const concert = [[[turn(900)], [turn(100, 50)], [turn(200, 100)]]];
  const llama = [[[turn(900)], [turn(100)], [turn(400)]]];
  const rows = talkRows('few', { concert, llama }, true);
  expect(valueOf(rows, 'few, turn 1: Concert')).toEqual([900]);
  expect(rows.find((row) => row.target !== undefined)).toMatchObject({ values: [0.6], target: { atMost: 1 } });
  expect(valueOf(rows, 'few: last turn / turn 2, Concert')).toEqual([2]);
  expect(valueOf(rows, 'few, turns 2 to 3, from the cache: Concert')).toEqual([75]);
});

test('of requests that come at once the slowest count', () => {
  const rows = togetherRows('at once', { concert: [[turn(10), turn(30)]], llama: [[turn(20), turn(60)]] });
  expect(valueOf(rows, 'at once: Concert / llama-server, p95')).toEqual([0.5]);
});

test('a resumed conversation is held against one that was never seen', () => {
  const rows = reloadRows([{ resumed: [turn(50, 90)], fresh: [turn(200)] }]);
  expect(valueOf(rows, 'after unload and load / never seen')).toEqual([0.25]);
  expect(valueOf(rows, 'after unload and load, from the saved state')).toEqual([90]);
});
