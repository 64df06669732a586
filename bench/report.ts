import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Disturbance, type Machine, type Spread, spreadOf } from './measure.ts';
import type { Plot } from './plot.ts';

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

/** Counts and the like that are no figures of rounds. */
export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

/** What a bench found. */
export interface Findings {
  readonly rows: readonly Row[];
  readonly tables?: readonly Table[];
  readonly plot?: Plot;
  /** Whether the run was too short for its figures to mean anything. */
  readonly tooShort?: boolean;
  /** Sentences that a reader of the figures must know. */
  readonly notes: readonly string[];
}

/** The findings of one run and what they were taken on. */
export interface Report extends Findings {
  readonly name: string;
  /** What was measured where that is not the bench's own default, such as another model. */
  readonly subject?: string | null;
  /** The command that repeats it. */
  readonly command?: string;
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
  const lines = rows.map((row) => {
    const { median, min, max } = spreadOf(row.values);
    // Without a unit it is a number of things.
    const show = (value: number): string => (row.unit === '' && Number.isFinite(value) ? String(value) : figure(value));
    return [row.what, row.unit, show(median), show(min), show(max), verdict(row)];
  });
  return markdownTable(['what', 'unit', 'median', 'min', 'max', 'target'], lines);
}

/** A Markdown table with aligned columns. */
export function markdownTable(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const render = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [render(header), rule, ...lines.map(render)].join('\n');
}

/** What the report is about, as a title. */
export function titleOf({ name, subject }: Pick<Report, 'name' | 'subject'>): string {
  return subject === undefined || subject === null ? name : `${name}, ${subject}`;
}

/** The whole report as Markdown; `level` is that of its heading. */
export function renderReport(report: Report, level = 2): string {
  const { machine } = report;
  const spread = ({ min, median, max }: Spread): string => `${figure(min)} / ${figure(median)} / ${figure(max)} ms`;
  const disturbed = ({ noiseMs, loadAverage }: Disturbance): string =>
    `${spread(noiseMs)}, load ${loadAverage.toFixed(1)}`;
  return [
    `${'#'.repeat(level)} ${titleOf(report)} (${report.rounds} ${report.rounds === 1 ? 'round' : 'rounds'}${report.quick ? ', quick: the figures mean nothing' : ''})`,
    '',
    tableOf(report.rows),
    '',
    ...(report.tables ?? []).flatMap(({ title, header, lines }) => [`${title}:`, '', markdownTable(header, lines), '']),
    ...report.notes.map((note) => `- ${note.replaceAll(/\s+/g, ' ')}`),
    `- ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, Node ${machine.node}, ${machine.platform}${report.commit === null ? '' : `, commit ${report.commit}`}, ${report.at.slice(0, 10)}`,
    `- the machine's noise (the same arithmetic, min / median / max): ${disturbed(report.before)} before; ${disturbed(report.after)} after`,
  ].join('\n');
}

/** Keeps the report as JSON, every round's figures included, and returns the file. */
export function keepReport(report: Report, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const name = [report.name, report.subject ?? null, report.at.replaceAll(/[:.]/g, '-')].filter(
    (part) => part !== null,
  );
  const file = join(folder, `${name.join('-')}.json`);
  writeFileSync(file, reportJson(report));
  return file;
}

/** The report as JSON: a line for each key, and for each row of the table, so that versions can be compared. */
export function reportJson(report: Report): string {
  const rows = report.rows.map((row) => ({ ...row, ...spreadOf(row.values) }));
  const lines = Object.entries({ ...report, rows }).map(([key, value]) => {
    const each =
      key === 'rows' ? `[\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ]` : JSON.stringify(value);
    return `  ${JSON.stringify(key)}: ${each}`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** Reads a kept report. */
export function readReport(file: string): Report {
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Report;
  // JSON has no word for what is not a number.
  const rows = kept.rows.map((row) => ({
    ...row,
    values: row.values.map((value: number | null) => value ?? Number.NaN),
  }));
  return { ...kept, rows };
}
