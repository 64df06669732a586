import { expect, test } from 'vitest';
import { DEFAULT_RULES, matchRule, type Modality } from './rules.ts';

function routeOf(...present: Modality[]): string | undefined {
  return matchRule(DEFAULT_RULES, new Set(present))?.rule.route;
}

test('audio goes to speech recognition, whatever comes with it', () => {
  expect(routeOf('audio')).toBe('ASR_SERVICE');
  expect(routeOf('audio', 'text')).toBe('ASR_SERVICE');
  expect(routeOf('audio', 'image', 'text')).toBe('ASR_SERVICE');
});

test('a picture without words goes to text recognition', () => {
  expect(routeOf('image')).toBe('OCR_SERVICE');
});

test('everything else is answered by the central model itself', () => {
  expect(routeOf('text')).toBe('SELF_INFER');
  expect(routeOf('image', 'text')).toBe('SELF_INFER');
  expect(routeOf()).toBe('SELF_INFER');
});

test('rules are data: another order gives another route', () => {
  const rules = [{ route: 'OCR_SERVICE' as const, has: ['image' as const], lacks: [] }, ...DEFAULT_RULES];
  expect(matchRule(rules, new Set<Modality>(['audio', 'image']))).toMatchObject({
    index: 0,
    rule: { route: 'OCR_SERVICE' },
  });
});

test('no rule at all matches nothing', () => {
  expect(matchRule([], new Set<Modality>(['text']))).toBeNull();
});
