import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Disturbance, type Machine, type Spread, spreadOf } from './measure.ts';

/** What a figure is held against; its median decides. */
type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One line of a result: what was measured, in which unit, and the figure of each round. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  /** NaN where the system does not tell. */
  readonly values: readonly number[];
  readonly target?: Target;
}

/** What a bench found. */
export interface Findings {
  readonly rows: readonly Row[];
  /** Sentences that a reader of the figures must know. */
  readonly notes: readonly string[];
}

/** The findings of one run and what they were taken on. */
export interface Report extends Findings {
  readonly name: string;
  readonly rounds: number;
  /** A quick run shows that the bench works; its figures mean nothing. */
  readonly quick: boolean;
  readonly machine: Machine;
  /** The commit that was measured, with a plus sign when files were changed since; null outside a clone. */
  readonly commit: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly before: Disturbance;
  readonly after: Disturbance;
}

/** A figure with three digits that count. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** Whether the median keeps to the target, in words; empty without a target. */
export function verdict(row: Row): string {
  if (row.target === undefined) return '';
  const { median } = spreadOf(row.values);
  const [bound, met] =
    'atLeast' in row.target
      ? [`≥ ${row.target.atLeast}`, median >= row.target.atLeast]
      : [`≤ ${row.target.atMost}`, median <= row.target.atMost];
  if (!Number.isFinite(median)) return `${bound}: not known`;
  return `${bound}: ${met ? 'met' : 'missed'}`;
}

/** The rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const header = ['what', 'unit', 'median', 'min', 'max', 'target'];
  const lines = rows.map((row) => {
    const { median, min, max } = spreadOf(row.values);
    return [row.what, row.unit, figure(median), figure(min), figure(max), verdict(row)];
  });
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const render = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [render(header), rule, ...lines.map(render)].join('\n');
}

/** The whole report as Markdown. */
export function renderReport(report: Report): string {
  const { machine } = report;
  const spread = ({ min, median, max }: Spread): string => `${figure(min)} / ${figure(median)} / ${figure(max)} ms`;
  const disturbed = ({ noiseMs, loadAverage }: Disturbance): string =>
    `${spread(noiseMs)}, load ${loadAverage.toFixed(1)}`;
  return [
    `## ${report.name} (${report.rounds} ${report.rounds === 1 ? 'round' : 'rounds'}${report.quick ? ', quick: the figures mean nothing' : ''})`,
    '',
    tableOf(report.rows),
    '',
    ...report.notes.map((note) => `- ${note}`),
    `- ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, Node ${machine.node}, ${machine.platform}${report.commit === null ? '' : `, commit ${report.commit}`}`,
    `- the machine's noise (the same arithmetic, min / median / max): ${disturbed(report.before)} before; ${disturbed(report.after)} after`,
  ].join('\n');
}

/** Keeps the report as JSON, every round's figures included, and returns the file. */
export function keepReport(report: Report, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${report.name}-${report.at.replaceAll(/[:.]/g, '-')}.json`);
  const rows = report.rows.map((row) => ({ ...row, ...spreadOf(row.values) }));
  writeFileSync(file, `${JSON.stringify({ ...report, rows }, null, 2)}\n`);
  return file;
}
