import type { OcrEvent, OcrLine } from '../../engines/engine.ts';

/** Coordinates on a screen run from 0 to 999 in both directions, whatever its pixels; clients multiply by a thousandth of the side. */
const STEPS = 1000;

/**
 * A screenshot for a model that cannot see: each line of its text before the place to tap for it, as `text element=[x,y]`, in reading order:
 * small models copy what follows a name far better than what stands before it.
 * Empty where no text was found.
 */
export function screenText({ lines, width, height }: OcrEvent): string {
  return lines.map((line) => `${line.text} element=[${placeOf(line, width, height).join(',')}]`).join('\n');
}

/** The middle of a line in steps of the screen. */
function placeOf({ box }: OcrLine, width: number, height: number): readonly [x: number, y: number] {
  return [
    middle(
      box.map(([x]) => x),
      width,
    ),
    middle(
      box.map(([, y]) => y),
      height,
    ),
  ];
}

function middle(places: readonly number[], side: number): number {
  const centre = (Math.min(...places) + Math.max(...places)) / 2;
  return Math.max(0, Math.min(STEPS - 1, Math.floor((centre / side) * STEPS)));
}
