import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine, machineNoise, type Spread } from './measure.ts';

/** One line of a result: what was measured, in which unit, and how it spread over the rounds. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly value: Spread;
  /** What the figure is to be held against, where there is such a bound. */
  readonly target?: string;
}

/** The rows of one bench. */
export interface Report {
  readonly name: string;
  readonly rounds: number;
  readonly rows: readonly Row[];
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** The rows as a Markdown table. */
export function tableOf(report: Report): string {
  const header = ['what', 'unit', 'median', 'min', 'max', 'target'];
  const lines = report.rows.map((row) => [
    row.what,
    row.unit,
    figure(row.value.median),
    figure(row.value.min),
    figure(row.value.max),
    row.target ?? '',
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const render = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [render(header), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(render)].join('\n');
}

/** Prints the table with the machine and its noise, and keeps all of it as JSON; returns the file. */
export function publish(report: Report, folder: string, noiseBefore: Spread): string {
  const on = machine();
  const noise = { before: noiseBefore, after: machineNoise() };
  console.log(`\n## ${report.name} (${report.rounds} rounds)\n\n${tableOf(report)}\n`);
  console.log(`${on.cpu}, ${on.cores} cores, ${on.memoryGib} GiB, Node ${on.node}, ${on.platform}`);
  const spread = ({ min, median, max }: Spread): string => `${figure(min)} / ${figure(median)} / ${figure(max)} ms`;
  console.log(`machine noise (the same arithmetic, min / median / max): ${spread(noise.before)} before, ${spread(noise.after)} after`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${report.name}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ ...report, machine: on, noise, at: new Date().toISOString() }, null, 2)}\n`);
  console.log(`kept in ${file}`);
  return file;
}
