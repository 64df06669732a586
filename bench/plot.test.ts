import { expect, test } from 'vitest';
import { plotSvg, pointsOf, ticks } from './plot.ts';

test('an axis ends at a round number that holds everything', () => {
  expect(ticks(2.8)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3]);
  expect(ticks(30)).toEqual([0, 5, 10, 15, 20, 25, 30]);
  expect(ticks(0)).toEqual([0, 1]);
});

test('points fill the picture from its lower left corner', () => {
  const plot = { title: 'a < b', xLabel: 'minutes', yLabel: 'GB' };
  const svg = plotSvg({
    ...plot,
    series: [
      {
        name: 'held',
        colour: '#123456',
        points: pointsOf([
          [0, 0],
          [8, 4.001],
        ]),
      },
    ],
  });
  expect(svg).toContain('<title>a &lt; b</title>');
  expect(svg).toContain('points="64,312 840,56"');
  expect(svg).toContain('>held</text>');
});
