import type { OcrLine } from '../engines/engine.ts';

/** What may stand between two cells of one row: they share at least this part of the lower one's height. */
const SHARED_HEIGHT = 0.5;

/**
 * The text of a page as a reader would copy it: one line for each row. Cells that stand side by side, such as a product and its
 * price, stay on one line; lines are expected in reading order.
 */
export function pageText(lines: readonly OcrLine[]): string {
  let text = '';
  let before: OcrLine | null = null;
  for (const line of lines) {
    if (before !== null) text += besides(before, line) ? '  ' : '\n';
    text += line.text;
    before = line;
  }
  return text;
}

/** Whether `line` stands in the same row as `before`, to its right. */
function besides(before: OcrLine, line: OcrLine): boolean {
  const left = extentOf(before);
  const right = extentOf(line);
  if (right.left < left.right) return false;
  const shared = Math.min(left.bottom, right.bottom) - Math.max(left.top, right.top);
  return shared >= SHARED_HEIGHT * Math.min(left.bottom - left.top, right.bottom - right.top);
}

function extentOf(line: OcrLine): { left: number; right: number; top: number; bottom: number } {
  const xs = line.box.map(([x]) => x);
  const ys = line.box.map(([, y]) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}
