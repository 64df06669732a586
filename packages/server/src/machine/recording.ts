import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { CommandResult, Probe } from './probe.ts';

/** What a machine answered once, kept so that it can be asked again elsewhere. */
export const Recording = z.strictObject({
  /** Which machine it was, for readers. */
  title: z.string(),
  platform: z.string(),
  arch: z.string(),
  cpu: z.strictObject({ model: z.string(), count: z.int().positive() }),
  total_bytes: z.int().positive(),
  free_bytes: z.int().nonnegative(),
  env: z.record(z.string(), z.string()).default({}),
  /** Texts by path; folders list what lies in them. */
  files: z.record(z.string(), z.string()).default({}),
  /** Programs that were run; any other one counts as not installed. */
  commands: z
    .array(
      z.strictObject({
        /** Program and arguments with one space between them. */
        run: z.string(),
        code: z.int().default(0),
        stdout: z.string().default(''),
        stderr: z.string().default(''),
        timed_out: z.boolean().default(false),
      }),
    )
    .default([]),
});
export type Recording = z.infer<typeof Recording>;

/** Reads a recording. Throws an Error with a sentence that names the file and what is wrong with it. */
export function loadRecording(path: string): Recording {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`the recording ${path} cannot be read`, { cause });
  }
  const parsed = Recording.safeParse(parseYaml(text));
  if (!parsed.success) throw new Error(`${path} is no recording of a machine: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Answers as the recorded machine did. */
export function replayProbe(recording: Recording): Probe {
  const paths = Object.keys(recording.files);
  return {
    platform: recording.platform,
    arch: recording.arch,
    cpu: recording.cpu,
    totalBytes: recording.total_bytes,
    freeBytes: recording.free_bytes,
    env: recording.env,
    readText: (path) => Promise.resolve(recording.files[path] ?? null),
    list(path) {
      const folder = path.endsWith('/') ? path : `${path}/`;
      const inside = paths
        .filter((each) => each.startsWith(folder))
        .map((each) => each.slice(folder.length).split('/')[0] ?? '');
      return Promise.resolve([...new Set(inside)].sort());
    },
    run(command, args): Promise<CommandResult> {
      const line = [command, ...args].join(' ');
      const known = recording.commands.find(({ run }) => run === line);
      if (known === undefined) {
        // A program that was run with other arguments is there all the same.
        const there = recording.commands.some(({ run }) => run.split(' ')[0] === command);
        return Promise.resolve(
          there ? { kind: 'done', code: 1, stdout: '', stderr: `not recorded: ${line}` } : { kind: 'missing' },
        );
      }
      if (known.timed_out) return Promise.resolve({ kind: 'timed-out' });
      return Promise.resolve({ kind: 'done', code: known.code, stdout: known.stdout, stderr: known.stderr });
    },
  };
}
