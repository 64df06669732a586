import { describeGpus } from '../models/profile/choose-profile.ts';
import type { Gpu } from '../machine/machine.ts';
import { formatBytes } from '../models/pull/format-bytes.ts';
import type { DoctorCheck, DoctorLevel, DoctorReport } from './doctor-report.ts';

const WIDTH = 100;
const HEAD = 10;
const COLOURS: Readonly<Record<DoctorLevel, string>> = { ok: '32', warn: '33', fail: '31', skipped: '90' };
const MARK = 4;
const TITLE = 18;
const FOUND = 44;
const NEEDED = WIDTH - MARK - TITLE - FOUND - 6;
const MARKS: Readonly<Record<DoctorLevel, string>> = { ok: 'ok', warn: 'warn', fail: 'fail', skipped: '–' };

export interface TableOptions {
  readonly colour: boolean;
  /** Only what is wrong, under machine and profile. */
  readonly brief: boolean;
}

const HEADING = `${' '.repeat(MARK + 2)}${'Check'.padEnd(TITLE)}  ${'Found'.padEnd(FOUND)}  Needed`;

/** A report as people read it, at most 100 columns wide; `gpus` are the report's, for their description. */
export function formatReport(report: DoctorReport, gpus: readonly Gpu[], options: TableOptions): string {
  const checks = options.brief
    ? report.checks.filter(({ level }) => level === 'warn' || level === 'fail')
    : report.checks;
  return [
    ...(report.recorded === null ? [] : [...wrap(recordedBanner(report.recorded), WIDTH), '']),
    ...headed('Machine', describeMachine(report)),
    ...headed('GPUs', gpus.length > 0 ? describeGpus(gpus) : `none: ${report.machine.gpu_absence ?? ''}`),
    ...headed('Profile', `${report.profile.id}: ${report.profile.title}`),
    ...headed('', `because ${report.profile.reason}`),
    ...headed('Engine', describeEngine(report.profile)),
    ...(report.profile.warning === null ? [] : headed('', report.profile.warning)),
    ...(options.brief ? [] : report.profile.rejected.flatMap(describeRejected)),
    ...(checks.length === 0 ? [] : ['', HEADING]),
    ...checks.flatMap((check) => describeCheck(check, options.colour)),
    '',
    conclusion(report),
  ].join('\n');
}

function recordedBanner(title: string): string {
  return `RECORDED: these are the recorded answers of another machine (${title}), not of this one.`;
}

function describeMachine({ machine }: DoctorReport): string {
  const cores = `${Number(machine.cores.toFixed(2))}${machine.cores < machine.host_cores ? ` of ${machine.host_cores}` : ''}`;
  const parts = [
    machine.board ?? `${machine.platform} ${machine.arch}`,
    machine.processor,
    `${cores} processor${cores === '1' ? '' : 's'}`,
    `${formatBytes(machine.free_bytes)} of ${formatBytes(machine.total_bytes)} memory free`,
  ];
  if (machine.numa_nodes > 1) parts.push(`${machine.numa_nodes} NUMA nodes`);
  if (machine.container !== null) parts.push(`in a container (${machine.container})`);
  return parts.join(', ');
}

const ENGINES: Readonly<Record<string, string>> = {
  'llama-cpp': 'the embedded engine (llama.cpp)',
  vllm: 'vLLM',
  'llama-server': 'llama-server',
};

function describeEngine({ engine, chat_model: model, gpus }: DoctorReport['profile']): string {
  const parallel = gpus.length > 1 ? ` with tensor parallelism over ${gpus.length} GPUs` : '';
  const where = gpus.length > 0 ? gpus.join(', ') : engine === 'llama-cpp' ? 'the CPU' : 'no GPU that suits it';
  return `${ENGINES[engine] ?? engine}${parallel} serves ${model} on ${where}`;
}

function describeRejected({ profile, reason }: DoctorReport['profile']['rejected'][number]): string[] {
  return headed('', `not ${profile}: ${reason}`);
}

/** A heading in the margin and the text beside it. */
function headed(heading: string, text: string): string[] {
  return wrap(text, WIDTH - HEAD).map((line, index) => `${(index === 0 ? heading : '').padEnd(HEAD)}${line}`);
}

/** A row of four columns; what is too long for its column goes on below. */
function describeCheck({ title, level, found, needed, mend }: DoctorCheck, colour: boolean): string[] {
  const padded = MARKS[level].padEnd(MARK);
  const mark = colour ? `\x1b[${COLOURS[level]}m${padded}\x1b[0m` : padded;
  const below = level === 'skipped' || needed === '' ? needed : `needed: ${needed}`;
  const margin = ' '.repeat(MARK + TITLE + 4);
  const head = `${mark}  ${title.padEnd(TITLE)}  `;
  const rows =
    found.length <= FOUND && needed.length <= NEEDED
      ? [`${head}${found.padEnd(FOUND)}  ${needed}`]
      : [...wrap(found, FOUND + NEEDED), ...(below === '' ? [] : wrap(below, FOUND + NEEDED))].map(
          (text, index) => `${index === 0 ? head : margin}${text}`,
        );
  const mending = mend === null ? [] : wrap(`mend: ${mend}`, WIDTH - MARK - 2);
  return [...rows, ...mending.map((text) => `${' '.repeat(MARK + 2)}${text}`)].map((row) => row.trimEnd());
}

function conclusion({ checks, level }: DoctorReport): string {
  const count = (wanted: DoctorLevel): number => checks.filter((check) => check.level === wanted).length;
  const counts = `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failing`;
  switch (level) {
    case 'ok':
      return `${counts}. Nothing is in the way: npm start`;
    case 'warn':
      return `${counts}. It will run: npm start`;
    case 'fail':
      return `${counts}. Mend what fails, or take another profile.`;
    default:
      return level satisfies never;
  }
}

/** Lines of at most `width` columns, broken between words; a longer word keeps its line. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
