import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spreadOf } from './measure.ts';
import { plotSvg } from './plot.ts';
import {
  figure,
  markdownTable,
  readReport,
  renderReport,
  type Report,
  reportJson,
  titleOf,
  verdict,
} from './report.ts';

/** Where the page of results and what it is made of lie. */
export interface PageFolders {
  /** Every run, not kept in the repository. */
  readonly results: string;
  /** `docs`: holds `benchmarks.md`, `benchmarks/preface.md`, one kept run of each bench, and `images`. */
  readonly docs: string;
  /** The order of the benches. */
  readonly benches: readonly string[];
}

/**
 * Keeps the newest full run of each bench beside the page, and writes the page and its pictures from them. Returns the names of the
 * written files.
 */
export function writePage(folders: PageFolders): string[] {
  const kept = join(folders.docs, 'benchmarks');
  mkdirSync(join(folders.docs, 'images'), { recursive: true });
  const newest = newestRuns([...reportsIn(kept), ...reportsIn(folders.results)]);
  const written: string[] = [];
  const write = (file: string, text: string): void => {
    writeFileSync(file, text);
    written.push(file);
  };
  for (const report of newest) write(join(kept, `${fileName(report)}.json`), reportJson(report));
  for (const report of newest) {
    if (report.plot !== undefined) write(join(folders.docs, 'images', `${fileName(report)}.svg`), plotSvg(report.plot));
  }
  write(join(folders.docs, 'benchmarks.md'), pageOf(folders));
  return written;
}

/** The page as the kept runs and the preface make it. */
export function pageOf({ docs, benches }: Pick<PageFolders, 'docs' | 'benches'>): string {
  const kept = join(docs, 'benchmarks');
  const place = ({ name }: Report): number => (benches.includes(name) ? benches.indexOf(name) : benches.length);
  const reports = newestRuns(reportsIn(kept)).toSorted(
    (a, b) => place(a) - place(b) || titleOf(a).localeCompare(titleOf(b), 'en'),
  );
  return [
    readFileSync(join(kept, 'preface.md'), 'utf8').trimEnd(),
    '',
    targetsSection(reports),
    '',
    '## Results',
    '',
    ...reports.flatMap((report) => [sectionOf(report), '']),
  ].join('\n');
}

/** Of each bench, and of each of its subjects, the newest run that was not quick. */
export function newestRuns(reports: readonly Report[]): Report[] {
  const newest = new Map<string, Report>();
  for (const report of reports) {
    const other = newest.get(titleOf(report));
    if (!report.quick && (other === undefined || other.at < report.at)) newest.set(titleOf(report), report);
  }
  return [...newest.values()];
}

function reportsIn(folder: string): Report[] {
  const names = readdirSync(folder, { withFileTypes: true }).filter((item) => item.isFile());
  return names.filter(({ name }) => name.endsWith('.json')).map(({ name }) => readReport(join(folder, name)));
}

function fileName({ name, subject }: Report): string {
  return subject === undefined || subject === null ? name : `${name}.${subject}`;
}

/** What was missed first, then every figure that has a target. */
function targetsSection(reports: readonly Report[]): string {
  const judged = reports.flatMap((report) =>
    report.rows.flatMap((row) => {
      const judgement = verdict(row);
      if (judgement === '') return [];
      const [bound = '', outcome = ''] = judgement.split(': ');
      return [{ outcome, cells: [titleOf(report), row.what, bound, figure(spreadOf(row.values).median), outcome] }];
    }),
  );
  const missed = judged.filter(({ outcome }) => outcome !== 'met');
  const header = ['bench', 'what', 'target', 'median', ''];
  const part = (title: string, of: typeof judged): string[] =>
    of.length === 0
      ? []
      : [
          title,
          '',
          markdownTable(
            header,
            of.map(({ cells }) => cells),
          ),
          '',
        ];
  return [
    '## Targets',
    '',
    `${judged.length - missed.length} of ${judged.length} targets are met.`,
    '',
    ...part('Missed:', missed),
    ...part(
      'Met:',
      judged.filter(({ outcome }) => outcome === 'met'),
    ),
  ]
    .join('\n')
    .trimEnd();
}

function sectionOf(report: Report): string {
  const picture = report.plot === undefined ? [] : ['', `![${report.plot.title}](images/${fileName(report)}.svg)`];
  const command = report.command === undefined ? [] : ['', '```sh', report.command, '```'];
  const [heading = '', ...rest] = renderReport(report, 3).split('\n');
  return [heading, ...command, ...picture, ...rest].join('\n');
}
