import { expect, test } from 'vitest';
import {
  parseCgroupPaths,
  parseCgroupReclaimable,
  parseMemAvailable,
  parseSmapsRollup,
  parseStatusRss,
  parseVmStat,
  roomInCgroup,
} from './process-memory-parse.ts';
import { availableMemoryBytes, readProcessBytes, readProcessTreeBytes, withoutHeadroom } from './process-memory.ts';

const GIB = 2 ** 30;

test('a process counts its share of shared pages and what was swapped out', () => {
  const rollup = `5608f0f4b000-7ffcf3ca1000 ---p 00000000 00:00 0                          [rollup]
Rss:                1640 kB
Pss:                 234 kB
Pss_Dirty:           112 kB
Pss_Anon:            112 kB
Swap:                 12 kB
SwapPss:               6 kB
Locked:                0 kB
`;
  expect(parseSmapsRollup(rollup)).toBe(240 * 1024);
  expect(parseSmapsRollup('')).toBeNull();
});

test('where the share is not told, resident and swapped bytes are counted', () => {
  const status = 'Name:\tnode\nVmPeak:\t  900 kB\nVmRSS:\t   45012 kB\nRssAnon:\t   12000 kB\nVmSwap:\t      88 kB\n';
  expect(parseStatusRss(status)).toBe(45_100 * 1024);
  expect(parseStatusRss('Name:\tkthreadd\nState:\tS (sleeping)\n')).toBeNull();
});

test('the memory cgroups are read, of the first version and of the second', () => {
  expect(parseCgroupPaths('5:devices:/\n4:cpu,memory:/docker/abc\n0::/\n')).toEqual({ v1: '/docker/abc', v2: '/' });
  expect(parseCgroupPaths('0::/system.slice/a:b.service\n')).toEqual({ v1: null, v2: '/system.slice/a:b.service' });
});

test('a container allows what its limit leaves, and cached files count as free', () => {
  const stat = 'anon 1000\nfile 900\ninactive_file 500\nactive_file 400\n';
  expect(roomInCgroup('4000\n', '3000\n', parseCgroupReclaimable(stat))).toBe(1_500);
  expect(roomInCgroup('4000\n', '5000\n', 0)).toBe(0);
});

test('a group above others counts their cached files too', () => {
  expect(parseCgroupReclaimable('inactive_file 10\ntotal_inactive_file 70\n')).toBe(70);
});

test('a group without a limit limits nothing', () => {
  expect(roomInCgroup('max\n', '3000\n', 0)).toBeNull();
  expect(roomInCgroup('9223372036854771712\n', '705736704\n', 0)).toBeNull();
});

test('available memory is read from Linux and from macOS', () => {
  expect(parseMemAvailable('MemTotal: 24684084 kB\nMemFree:  23632644 kB\nMemAvailable:   24061936 kB\n')).toBe(
    24_061_936 * 1024,
  );
  const macos = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10.
Pages active:                            700.
Pages inactive:                           20.
Pages speculative:                         3.
`;
  expect(parseVmStat(macos)).toBe(33 * 16_384);
});

test('the budget leaves a tenth and at least half a gibibyte, but never more than half', () => {
  expect(withoutHeadroom(20 * GIB)).toBe(18 * GIB);
  expect(withoutHeadroom(2 * GIB)).toBe(1.5 * GIB);
  expect(withoutHeadroom(0.5 * GIB)).toBe(0.25 * GIB);
});

test('this process and this machine have memory, and a process that is gone has none', async () => {
  const own = await readProcessBytes(process.pid);
  expect(own).toBeGreaterThan(1e6);
  expect(await readProcessTreeBytes(process.pid)).toBeGreaterThan(1e6);
  expect(await availableMemoryBytes()).toBeGreaterThan(1e6);
  expect(await readProcessBytes(2 ** 22 + 1)).toBeNull();
  expect(await readProcessTreeBytes(2 ** 22 + 1)).toBe(0);
});
