/** A line of a plot. */
interface Series {
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  /** `x,y x,y …`, so that a kept plot stays short. */
  readonly points: string;
}

/** Lines over a common x axis; both axes begin at 0. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}

const SIZE = { width: 860, height: 360 } as const;
const MARGIN = { left: 64, right: 20, top: 56, bottom: 48 } as const;
const INNER = {
  width: SIZE.width - MARGIN.left - MARGIN.right,
  height: SIZE.height - MARGIN.top - MARGIN.bottom,
} as const;
const MOST_TICKS = 8;

/** Writes points as a series keeps them. */
export function pointsOf(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y]) => `${short(x)},${short(y)}`).join(' ');
}

/** The plot as an SVG picture. */
export function plotSvg({ title, xLabel, yLabel, series }: Plot): string {
  const all = series.flatMap(({ points }) => readPoints(points));
  const xs = ticks(Math.max(0, ...all.map(([x]) => x)));
  const ys = ticks(Math.max(0, ...all.map(([, y]) => y)));
  const right = xs.at(-1) ?? 1;
  const top = ys.at(-1) ?? 1;
  const px = (x: number): string => short(MARGIN.left + (x / right) * INNER.width);
  const py = (y: number): string => short(MARGIN.top + INNER.height - (y / top) * INNER.height);
  const bottom = MARGIN.top + INNER.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${SIZE.width}" height="${SIZE.height}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="20" font-size="14" font-weight="600">${escaped(title)}</text>`,
    ...ys.map(
      (y) =>
        `<path d="M${MARGIN.left} ${py(y)}h${INNER.width}" stroke="#ddd"/><text x="${MARGIN.left - 8}" y="${py(y)}" dy="4" text-anchor="end">${short(y)}</text>`,
    ),
    ...xs.map((x) => `<text x="${px(x)}" y="${bottom + 18}" text-anchor="middle">${short(x)}</text>`),
    `<path d="M${MARGIN.left} ${bottom}h${INNER.width}" stroke="#333"/>`,
    `<text x="${MARGIN.left + INNER.width / 2}" y="${SIZE.height - 8}" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text transform="translate(16 ${MARGIN.top + INNER.height / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>`,
    ...series.flatMap(({ name, colour, points }, index) => [
      `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${readPoints(points)
        .map(([x, y]) => `${px(x)},${py(y)}`)
        .join(' ')}"/>`,
      `<path d="M${MARGIN.left + index * 190} 38h18" stroke="${colour}" stroke-width="3"/><text x="${MARGIN.left + index * 190 + 24}" y="42">${escaped(name)}</text>`,
    ]),
    '</svg>',
    '',
  ].join('\n');
}

/** Round numbers from 0 to the first that is not less than `most`. */
export function ticks(most: number): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
}

function readPoints(points: string): [number, number][] {
  return points
    .split(' ')
    .filter((point) => point !== '')
    .map((point) => {
      const [x = Number.NaN, y = Number.NaN] = point.split(',').map(Number);
      return [x, y];
    });
}

/** Two digits behind the point at most. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
