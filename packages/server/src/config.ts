import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { ConfigError, parseByteSize, parseDurationMs } from './config-values.ts';
import { DEFAULT_RULES, RoutingRule } from './route/rules.ts';
import { DEFAULT_TEMPLATES, Templates } from './pipeline/templates.ts';
import { DEFAULT_PERSONA, Persona } from './pipeline/persona.ts';

const byteSize = z
  .union([z.int().positive(), z.string()])
  .transform((value, context) => parseByteSize(value) ?? refuse(context, 'a size such as 512MB or 8GiB'));
const duration = z
  .union([z.int().nonnegative(), z.string()])
  .transform((value, context) => parseDurationMs(value) ?? refuse(context, 'a duration such as 90s, 5m or never'));

/** Settings of one model that differ from the catalogue's. */
const ModelConfig = z.strictObject({
  idle_unload: duration.optional().describe('Unloads after so long without users; `never` keeps it.'),
  pinned: z.boolean().default(false).describe('Never unloaded once it is loaded, but when an operator asks.'),
  queue_limit: z
    .int()
    .min(1)
    .optional()
    .describe('Requests that it may have at once, running or waiting; by default `queue.limit`.'),
  threads: z.int().min(1).max(256).optional().describe('CPU threads of this model.'),
  gpus: z
    .array(z.int().min(0).max(255))
    .optional()
    .describe('Numbers of the GPUs that this model may lie on; none keeps it off them. By default all.'),
  settings: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Handed to the engine over the catalogue's settings."),
});

/** The configuration file. Unknown keys stop the start, and the message names them. */
const ConfigFile = z.strictObject({
  served_model_name: z
    .string()
    .min(1)
    .default('autoglm-phone-9b')
    .describe('The name under which the central model is served.'),
  max_num_seqs: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('Most conversations that the central model writes at once; by default what the profile says.'),
  max_seq_len: z
    .int()
    .min(256)
    .max(131_072)
    .optional()
    .describe('Most tokens of one conversation, prompt and answer together; by default what the profile says.'),
  profile: z
    .string()
    .default('auto')
    .describe('A set of models for a kind of machine; `auto` chooses by what this machine has.'),
  server: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('The address to bind; 0.0.0.0 serves the whole network.'),
      port: z.int().min(0).max(65_535).default(8000).describe('The port to bind; 0 takes a free one.'),
      body_limit: byteSize.prefault('32MiB').describe('Most bytes of one request.'),
      shutdown_grace: duration.prefault('30s').describe('How long a stop waits for answers that have begun.'),
      admin_from: z
        .enum(['loopback', 'any'])
        .default('loopback')
        .describe(
          'Whom `/admin` and `/metrics` are served to: programs of this machine, or everybody who reaches the server.',
        ),
      origins: z
        .array(z.url())
        .default([])
        .describe(
          'Origins of web pages of other sites, such as `https://app.example.com`, that may open `/v1/realtime`; browsers guard the other addresses by themselves.',
        ),
    })
    .prefault({}),
  memory: z
    .strictObject({
      budget: z
        .union([z.literal('auto'), byteSize])
        .prefault('auto')
        .describe(
          'Most memory that all models together may hold; `auto` takes what is free at the start, less a reserve.',
        ),
      gpu_budget: z
        .union([z.literal('auto'), byteSize])
        .prefault('auto')
        .describe(
          'Most memory that all models together may hold on each GPU; `auto` takes 95 % of what is free there at the start.',
        ),
      saved_conversations: z
        .union([z.literal('off'), byteSize])
        .prefault('512MiB')
        .describe(
          "Most bytes of each model's conversation state kept on disk when it is unloaded, so that a conversation goes on without its history being computed again; readable for the server's user alone. `off` keeps none.",
        ),
    })
    .prefault({}),
  queue: z
    .strictObject({
      limit: z
        .int()
        .min(1)
        .default(256)
        .describe('Requests that one model may have at once, running or waiting; further ones get 429.'),
      patience: duration
        .prefault('10s')
        .describe('How long a request waits behind busy models before they stop taking new users to make room for it.'),
      max_wait: duration
        .prefault('10m')
        .describe('Longest wait for a model; then 503 while it loads (the load goes on), 429 while it is busy.'),
    })
    .prefault({}),
  idle_unload: duration.prefault('5m').describe('Unloads a model after so long without users.'),
  preload: z.array(z.string()).default([]).describe('Models loaded at the start instead of with their first request.'),
  threads: z
    .union([z.literal('auto'), z.int().min(1).max(256)])
    .default('auto')
    .describe('CPU threads of each model; `auto` leaves one core free and takes eight at most.'),
  models: z.record(z.string(), ModelConfig).default({}).describe('What differs for one model, by its id.'),
  aliases: z.record(z.string(), z.string()).prefault({}).describe('Names that clients use for installed models.'),
  voices: z.record(z.string(), z.string()).prefault({}).describe('Names that clients use for installed voices.'),
  persona: Persona.prefault(DEFAULT_PERSONA).describe(
    'As whom the central model speaks when the caller gives no system message of their own.',
  ),
  routing: z
    .strictObject({
      rules: z
        .array(RoutingRule)
        .min(1)
        .prefault([...DEFAULT_RULES])
        .describe('Where a request begins; the first rule that fits the last turn decides.'),
      templates: Templates.prefault(DEFAULT_TEMPLATES).describe(
        'How text found in media enters the prompt; {ocr_text}, {transcript} and {question} are filled in.',
      ),
    })
    .prefault({}),
  responses: z
    .strictObject({
      keep: z
        .union([z.literal('off'), duration])
        .prefault('30d')
        .describe(
          'How long a response of `/v1/responses` is kept after its last use, with what was sent for it; `off` keeps none.',
        ),
      disk: byteSize
        .prefault('1GiB')
        .describe('Most bytes of all kept responses together; those not used for longest are forgotten first.'),
    })
    .prefault({}),
  media: z
    .strictObject({
      image_pixels: z
        .int()
        .positive()
        .default(40_000_000)
        .describe('Most pixels of one picture, judged from its header before it is decoded.'),
      images_per_request: z.int().min(1).max(64).default(8).describe('Most pictures of one request.'),
      fetch_limit: byteSize.prefault('20MiB').describe('Most bytes fetched for an https address in a request.'),
      fetch_timeout: duration.prefault('15s').describe('How long such a fetch may take.'),
    })
    .prefault({}),
  weights: z
    .strictObject({
      sources: z
        .array(z.enum(['huggingface', 'modelscope', 'registry']))
        .min(1)
        .default(['huggingface', 'modelscope', 'registry'])
        .describe('Where weights are looked for, in this order.'),
      huggingface_endpoint: z
        .url()
        .optional()
        .describe("Another address that speaks the Hugging Face hub's API, such as a mirror."),
      modelscope_endpoint: z.url().optional().describe("Another address that speaks ModelScope's API."),
      keep_imported: z.boolean().default(false).describe('Keeps published files that only an import needed.'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('The least important lines that are kept.'),
      format: z
        .enum(['auto', 'pretty', 'json'])
        .default('auto')
        .describe('`pretty` on a terminal, `json` elsewhere; `auto` chooses.'),
      file: z
        .string()
        .optional()
        .describe(
          'Where the log is kept too; by default /var/log/autoglm-server.log where that can be written, else the state folder.',
        ),
    })
    .prefault({}),
});
type ConfigFile = z.infer<typeof ConfigFile>;

/** Everything the server was told, from flags, environment, file and defaults. */
export interface Config extends ConfigFile {
  /** The state folder: weights, logs and all that outlives a run. */
  readonly home: string;
  /** The configuration file that was read; null when there is none. */
  readonly file: string | null;
  readonly huggingfaceToken: string | null;
  /** What the environment says of programs and GPUs; handed to the probe of the machine. */
  readonly machineEnvironment: Environment;
}

/** Flags of the command line, in the configuration's own words; undefined means not given. */
export interface ServeFlags {
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly profile?: string | undefined;
  readonly preload?: string | undefined;
  readonly logFile?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly idleUnload?: string | undefined;
  readonly memoryBudget?: string | undefined;
  readonly threads?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that say where programs lie, and which GPUs may be used. */
const MACHINE_VARIABLES = [
  'PATH',
  'CUDA_VISIBLE_DEVICES',
  'HIP_VISIBLE_DEVICES',
  'ROCR_VISIBLE_DEVICES',
  'KUBERNETES_SERVICE_HOST',
] as const;

/** Flag and environment variable of each setting that has one; a flag wins over the environment, that over the file. */
export const CONFIG_OVERRIDES: readonly {
  path: readonly string[];
  env: string;
  flag?: keyof ServeFlags;
  read?: (text: string) => unknown;
}[] = [
  { path: ['server', 'host'], env: 'CONCERT_HOST', flag: 'host' },
  { path: ['server', 'port'], env: 'CONCERT_PORT', flag: 'port', read: Number },
  { path: ['profile'], env: 'CONCERT_PROFILE', flag: 'profile' },
  { path: ['preload'], env: 'CONCERT_PRELOAD', flag: 'preload', read: commaList },
  { path: ['idle_unload'], env: 'CONCERT_IDLE_UNLOAD', flag: 'idleUnload' },
  { path: ['memory', 'budget'], env: 'CONCERT_MEMORY_BUDGET', flag: 'memoryBudget' },
  {
    path: ['threads'],
    env: 'CONCERT_THREADS',
    flag: 'threads',
    read: (text) => (text === 'auto' ? text : Number(text)),
  },
  { path: ['log', 'file'], env: 'CONCERT_LOG_FILE', flag: 'logFile' },
  { path: ['log', 'level'], env: 'CONCERT_LOG_LEVEL', flag: 'logLevel' },
  { path: ['weights', 'sources'], env: 'CONCERT_WEIGHT_SOURCES', read: commaList },
  { path: ['weights', 'huggingface_endpoint'], env: 'HF_ENDPOINT' },
];

/**
 * Reads the configuration: flag, then environment, then file, then default. The file is `--config`, `CONCERT_CONFIG`,
 * `concert.yaml` in the working folder, or `config.yaml` in the state folder. Throws ConfigError with a sentence that names the key.
 */
export function loadConfig(
  flags: ServeFlags = {},
  env: Environment = process.env,
  cwd: string = process.cwd(),
): Config {
  const home = given(env, 'CONCERT_HOME') ?? defaultHome(env);
  const asked = flags.config ?? given(env, 'CONCERT_CONFIG');
  const candidates = asked === undefined ? [join(cwd, 'concert.yaml'), join(home, 'config.yaml')] : [asked];
  const { file, values } = readConfigFile(candidates, asked !== undefined);
  for (const override of CONFIG_OVERRIDES) {
    const text = (override.flag === undefined ? undefined : flags[override.flag]) ?? given(env, override.env);
    if (text !== undefined && text !== '') assign(values, override.path, (override.read ?? String)(text));
  }
  const parsed = ConfigFile.safeParse(values);
  if (!parsed.success) {
    const where = file === null ? 'the configuration' : file;
    throw new ConfigError(`${where}: ${parsed.error.issues.map(describeIssue).join('; ')}`);
  }
  return {
    ...parsed.data,
    home,
    file,
    huggingfaceToken: given(env, 'HF_TOKEN') ?? null,
    machineEnvironment: Object.fromEntries(MACHINE_VARIABLES.map((name) => [name, env[name]])),
  };
}

/** Models for whose engine the configuration names the command that starts it. */
export function ownCommands(config: Pick<Config, 'models'>): string[] {
  return Object.entries(config.models).flatMap(([id, { settings }]) =>
    (settings['command'] ?? null) === null ? [] : [id],
  );
}

/** The JSON Schema of the configuration file, as editors understand it. */
export function configJsonSchema(): object {
  return z.toJSONSchema(ConfigFile, { io: 'input', unrepresentable: 'any' });
}

/** A variable's value; an empty one counts as not set. */
function given(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

function readConfigFile(
  candidates: readonly string[],
  required: boolean,
): { file: string | null; values: Record<string, unknown> } {
  for (const file of candidates) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !required) continue;
      throw new ConfigError(`the configuration file ${file} cannot be read`, { cause: error });
    }
    let values: unknown;
    try {
      values = parseYaml(text) ?? {};
    } catch (error) {
      throw new ConfigError(`${file} is not valid YAML: ${(error as Error).message}`, { cause: error });
    }
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw new ConfigError(`${file} must hold keys and values`);
    return { file, values: values as Record<string, unknown> };
  }
  return { file: null, values: {} };
}

function defaultHome(env: Environment): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'concert');
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'concert');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'concert');
}

function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const next: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  target[key] = next;
  assign(next, rest, value);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const at = issue.path.length === 0 ? '' : ` under ${issue.path.join('.')}`;
    return `unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}${at}`;
  }
  return `${issue.path.join('.') || 'the file'}: ${issue.message}`;
}

function refuse(context: z.core.$RefinementCtx, wanted: string): never {
  context.addIssue({ code: 'custom', message: `expected ${wanted}` });
  return z.NEVER;
}
