import { z } from 'zod';

/** How bad a finding is; `skipped` is not asked of this machine. */
const DoctorLevel = z.enum(['ok', 'warn', 'fail', 'skipped']);
export type DoctorLevel = z.infer<typeof DoctorLevel>;

/** One requirement and what this machine has of it. */
const DoctorCheck = z.strictObject({
  /** Stays the same from version to version. */
  id: z.string().regex(/^[a-z0-9-]+(:[a-z0-9._-]+)?$/),
  title: z.string(),
  level: DoctorLevel,
  found: z.string(),
  needed: z.string(),
  /** The command that mends it, or what to do; null where nothing is wrong. */
  mend: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof DoctorCheck>;

const Bytes = z.int().nonnegative();

const DoctorGpu = z.strictObject({
  id: z.string(),
  uuid: z.string().nullable(),
  vendor: z.enum(['nvidia', 'amd', 'apple']),
  name: z.string(),
  total_bytes: Bytes,
  free_bytes: Bytes,
  driver: z.string().nullable(),
  compute_capability: z.string().nullable(),
  numa_node: z.int().nullable(),
  unified: z.boolean(),
});

/** What `concert doctor --json` prints. Fields are added, but never renamed or removed, while `schema` is 1. */
export const DoctorReport = z.strictObject({
  schema: z.literal(1),
  /** The title of the recording that was looked at instead of this machine; null: this machine. */
  recorded: z.string().nullable(),
  /** The worst of all checks. */
  level: z.enum(['ok', 'warn', 'fail']),
  machine: z.strictObject({
    platform: z.string(),
    arch: z.string(),
    board: z.string().nullable(),
    container: z.string().nullable(),
    processor: z.string(),
    /** May be a fraction where a quota says so. */
    cores: z.number().positive(),
    host_cores: z.int().positive(),
    total_bytes: Bytes,
    free_bytes: Bytes,
    limits: z.strictObject({ memory_bytes: Bytes.nullable(), cpus: z.number().nullable() }).nullable(),
    numa_nodes: z.int().positive(),
    gpus: z.array(DoctorGpu),
    gpu_absence: z.string().nullable(),
    gpu_processes: z.array(z.strictObject({ gpu: z.string(), pid: z.int(), bytes: Bytes, command: z.string() })),
  }),
  profile: z.strictObject({
    id: z.string(),
    title: z.string(),
    /** The model behind the hub's name, and what runs it. */
    chat_model: z.string(),
    engine: z.string(),
    chosen_by: z.enum(['machine', 'name']),
    reason: z.string(),
    /** The GPUs that it was chosen for. */
    gpus: z.array(z.string()),
    warning: z.string().nullable(),
    rejected: z.array(z.strictObject({ profile: z.string(), reason: z.string() })),
  }),
  checks: z.array(DoctorCheck),
});
export type DoctorReport = z.infer<typeof DoctorReport>;

/** The worst of all findings; what was skipped counts as nothing. */
export function worstLevel(checks: readonly DoctorCheck[]): DoctorReport['level'] {
  if (checks.some((check) => check.level === 'fail')) return 'fail';
  return checks.some((check) => check.level === 'warn') ? 'warn' : 'ok';
}
