import type { Point } from '../engine.ts';

/** The corners of a line as it is read: top left, top right, bottom right, bottom left. */
export type Quad = readonly [Point, Point, Point, Point];

interface Cell<T> {
  readonly line: T;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Puts lines in reading order: top to bottom, in each row left to right, and column after column where text stands in
 * columns. "Down" and "right" follow the lines' own direction, so turned and skewed pages come out as they are read, and
 * columns of vertical Chinese from right to left. Rows of a receipt or a form, whose cells lie beside each other, stay rows.
 */
export function sortLines<T extends { readonly box: Quad }>(lines: readonly T[]): T[] {
  const angle = readingAngle(lines);
  return inOrder(lines.map((line) => toCell(line, angle))).map((cell) => cell.line);
}

/**
 * Radians by which the text is turned clockwise; 0 when directions cancel out. Long thin lines decide: the box of two
 * or three characters is nearly square, and its angle chance.
 */
function readingAngle(lines: readonly { readonly box: Quad }[]): number {
  let [x, y, weight] = [0, 0, 0];
  for (const { box } of lines) {
    const across = box[1][0] - box[0][0] + box[2][0] - box[3][0];
    const down = box[1][1] - box[0][1] + box[2][1] - box[3][1];
    const length = Math.hypot(across, down);
    const thickness = Math.max(1, Math.hypot(box[3][0] - box[0][0], box[3][1] - box[0][1]));
    const slender = (length / thickness) ** 2;
    x += across * slender;
    y += down * slender;
    weight += length * slender;
  }
  return Math.hypot(x, y) < 0.1 * weight ? 0 : Math.atan2(y, x);
}

function toCell<T extends { readonly box: Quad }>(line: T, angle: number): Cell<T> {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const across = line.box.map(([x, y]) => x * cos + y * sin);
  const down = line.box.map(([x, y]) => y * cos - x * sin);
  return {
    line,
    left: Math.min(...across),
    right: Math.max(...across),
    top: Math.min(...down),
    bottom: Math.max(...down),
  };
}

function inOrder<T>(cells: readonly Cell<T>[]): Cell<T>[] {
  const split = bestSplit(cells);
  if (split === null) return inRows(cells);
  return split.bands.flatMap((band, index) => {
    const crossing = split.crossing[index];
    const inside = band.columns
      ? [...inOrder(band.left), ...inOrder(band.right)]
      : inOrder([...band.left, ...band.right]);
    return crossing === undefined ? inside : [...inside, crossing];
  });
}

function inRows<T>(cells: readonly Cell<T>[]): Cell<T>[] {
  const rows: Cell<T>[][] = [];
  for (const cell of cells.toSorted((a, b) => middle(a) - middle(b))) {
    const row = rows.at(-1);
    const first = row?.[0];
    if (row !== undefined && first !== undefined && sameRow(first, cell)) row.push(cell);
    else rows.push([cell]);
  }
  return rows.flatMap((row) => row.toSorted((a, b) => a.left - b.left));
}

/** Cells between two that cross the gutter, or above the first or below the last of those. */
interface Band<T> {
  readonly left: readonly Cell<T>[];
  readonly right: readonly Cell<T>[];
  readonly columns: boolean;
}

interface Split<T> {
  readonly bands: readonly Band<T>[];
  /** From top to bottom; the first follows the first band. */
  readonly crossing: readonly Cell<T>[];
  /** How many cells it puts into columns. */
  readonly inColumns: number;
}

/** The gutter that puts most cells into columns; null when there are no columns. */
function bestSplit<T>(cells: readonly Cell<T>[]): Split<T> | null {
  const edges = cells.flatMap((cell) => [cell.left, cell.right]).toSorted((a, b) => a - b);
  let best: Split<T> | null = null;
  for (const [index, edge] of edges.entries()) {
    const split = splitAt(cells, (edge + (edges[index + 1] ?? edge)) / 2);
    if (split === null || split.inColumns === 0) continue;
    if (best === null || split.inColumns > best.inColumns) best = split;
  }
  return best;
}

/** Cuts the cells along a vertical line; null when it is no gutter. */
function splitAt<T>(cells: readonly Cell<T>[], at: number): Split<T> | null {
  const crosses = (cell: Cell<T>): boolean => cell.left < at && cell.right > at;
  const crossing = cells.filter(crosses).toSorted((a, b) => middle(a) - middle(b));
  if (crossing.length > 0.4 * cells.length) return null;
  // A heading across columns stands alone; a cell beside others is part of a table's row.
  const beside = cells.filter((cell) => !crosses(cell));
  if (crossing.some((cell) => beside.some((other) => sameRow(cell, other)))) return null;
  const sides = Array.from({ length: crossing.length + 1 }, () => ({ left: [] as Cell<T>[], right: [] as Cell<T>[] }));
  for (const cell of beside) {
    const above = crossing.filter((other) => middle(other) <= middle(cell)).length;
    sides[above]?.[cell.right <= at ? 'left' : 'right'].push(cell);
  }
  const bands = sides.map(({ left, right }) => ({ left, right, columns: areColumns(left, right) }));
  const inColumns = bands.reduce((sum, band) => sum + (band.columns ? band.left.length + band.right.length : 0), 0);
  return { bands, crossing, inColumns };
}

/**
 * Whether two groups beside each other are read one after the other. Text whose lines stand at other heights than their
 * neighbours' is; where the heights agree it may be a table, so the lines must be long and fill their columns.
 */
function areColumns<T>(left: readonly Cell<T>[], right: readonly Cell<T>[]): boolean {
  if (left.length < 2 || right.length < 2) return false;
  const gutter = Math.min(...right.map((cell) => cell.left)) - Math.max(...left.map((cell) => cell.right));
  if (gutter < 0.5 * median([...left, ...right].map(height))) return false;
  const [few, many] = left.length <= right.length ? [left, right] : [right, left];
  // In a chat the sides take turns; in columns there is text on both at once.
  if (share(few, (cell) => many.some((other) => overlap(cell, other) > 0.2)) < 0.5) return false;
  if (share(few, (cell) => many.some((other) => sameRow(cell, other))) < 0.6) return true;
  return few.length >= 3 && isProse(left, gutter) && isProse(right, gutter);
}

function isProse<T>(cells: readonly Cell<T>[], gutter: number): boolean {
  const width = Math.max(...cells.map((cell) => cell.right)) - Math.min(...cells.map((cell) => cell.left));
  const isFull = (cell: Cell<T>): boolean => cell.right - cell.left >= 0.8 * width && width >= 5.5 * height(cell);
  return gutter <= 0.5 * width && share(cells, isFull) >= 0.6;
}

const middle = <T>(cell: Cell<T>): number => (cell.top + cell.bottom) / 2;
const height = <T>(cell: Cell<T>): number => cell.bottom - cell.top;

function sameRow<T>(a: Cell<T>, b: Cell<T>): boolean {
  return Math.abs(middle(a) - middle(b)) < 0.4 * Math.min(height(a), height(b));
}

/** The part of the lower cell's height that both share. */
function overlap<T>(a: Cell<T>, b: Cell<T>): number {
  return (Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)) / Math.min(height(a), height(b));
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
