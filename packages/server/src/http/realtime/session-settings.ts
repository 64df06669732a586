import type { RealtimeAudioFormat, RealtimeResponseSettings, RealtimeSessionSettings } from '@concert/protocol';
import type { ToolDefinition, ToolUse } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';

/** How one response is made. */
export interface AnswerSettings {
  /** Empty: none, and then the hub speaks as its persona. */
  readonly instructions: string;
  /** Whether the answer is spoken, or only written. */
  readonly speaks: boolean;
  readonly outputFormat: RealtimeAudioFormat;
  readonly voice: string;
  readonly speed: number;
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: 'none' | ToolUse['choice'];
  readonly parallelTools: boolean;
  /** Null: the model's own. */
  readonly temperature: number | null;
  /** Null: up to the end of the context. */
  readonly maxTokens: number | null;
}

/** How the server tells the speaker's turns. */
export interface TurnSettings {
  readonly threshold: number;
  readonly prefixMs: number;
  readonly silenceMs: number;
  readonly createsResponse: boolean;
  readonly interruptsResponse: boolean;
  /** Null: a silent speaker is waited for. */
  readonly idleTimeoutMs: number | null;
}

/** What a session is set to. */
export interface SessionSettings extends AnswerSettings {
  /** `transcription`: turns are written down and never answered. */
  readonly purpose: 'realtime' | 'transcription';
  readonly model: string;
  readonly inputFormat: RealtimeAudioFormat;
  /** Whether transcripts are told, and how they are made; null: they are made for the model alone. */
  readonly transcription: { readonly model: string; readonly language: string | null } | null;
  /** Null: the client ends each turn with a commit. */
  readonly turns: TurnSettings | null;
}

const DEFAULT_TURNS: TurnSettings = {
  threshold: 0.5,
  prefixMs: 300,
  silenceMs: 500,
  createsResponse: true,
  interruptsResponse: true,
  idleTimeoutMs: null,
};

/** What a session begins with. */
export function defaultSettings(model: string, purpose: SessionSettings['purpose']): SessionSettings {
  return {
    purpose,
    model,
    instructions: '',
    speaks: true,
    inputFormat: 'pcm16',
    outputFormat: 'pcm16',
    voice: 'alloy',
    speed: 1,
    tools: [],
    toolChoice: 'auto',
    parallelTools: true,
    temperature: null,
    maxTokens: null,
    transcription: purpose === 'transcription' ? { model: 'whisper-1', language: null } : null,
    turns: DEFAULT_TURNS,
  };
}

/** The settings with a client's changes, whichever shape they came in. Throws `unsupported_value` for what is not served. */
export function applySession(settings: SessionSettings, wanted: RealtimeSessionSettings): SessionSettings {
  const input = wanted.audio?.input;
  const transcription = input?.transcription === undefined ? wanted.input_audio_transcription : input.transcription;
  const turns = input?.turn_detection === undefined ? wanted.turn_detection : input.turn_detection;
  return {
    ...settings,
    ...applyAnswer(settings, wanted, 'session'),
    purpose: wanted.type ?? settings.purpose,
    model: wanted.model ?? settings.model,
    inputFormat: formatOf(input?.format) ?? wanted.input_audio_format ?? settings.inputFormat,
    transcription:
      transcription === undefined
        ? settings.transcription
        : transcription === null
          ? null
          : {
              model: transcription.model ?? 'whisper-1',
              language: transcription.language?.split('-')[0]?.toLowerCase() ?? null,
            },
    turns: turns === undefined ? settings.turns : turns === null ? null : toTurns(turns),
  };
}

/** The session's way to answer with the changes of one response. Throws `unsupported_value` for what is not served. */
export function applyResponse(settings: SessionSettings, wanted: RealtimeResponseSettings): AnswerSettings {
  return applyAnswer(settings, wanted, 'response');
}

type AnswerFields = RealtimeResponseSettings & Pick<RealtimeSessionSettings, 'speed'>;

function applyAnswer(
  settings: AnswerSettings,
  wanted: AnswerFields | RealtimeSessionSettings,
  param: string,
): AnswerSettings {
  if (wanted.prompt !== undefined && wanted.prompt !== null)
    throw new GatewayError('unsupported_value', 'stored prompts are not kept here; send instructions instead', {
      param: `${param}.prompt`,
    });
  const output = wanted.audio?.output;
  const voice = output?.voice ?? wanted.voice;
  const limit = wanted.max_output_tokens ?? wanted.max_response_output_tokens;
  const tools = wanted.tools === undefined || wanted.tools === null ? settings.tools : toTools(wanted.tools, param);
  const toolChoice = toToolChoice(wanted.tool_choice, param) ?? settings.toolChoice;
  if (typeof toolChoice === 'object' && !tools.some(({ name }) => name === toolChoice.name))
    throw new GatewayError(
      'invalid_request',
      `${param}.tool_choice names the function ${toolChoice.name.slice(0, 64)}, which is not among the tools`,
      { param: `${param}.tool_choice` },
    );
  return {
    instructions: wanted.instructions ?? settings.instructions,
    speaks: (wanted.output_modalities ?? wanted.modalities)?.includes('audio') ?? settings.speaks,
    outputFormat: formatOf(output?.format) ?? wanted.output_audio_format ?? settings.outputFormat,
    voice: (typeof voice === 'object' ? voice?.id : voice) ?? settings.voice,
    speed: output?.speed ?? ('speed' in wanted ? wanted.speed : null) ?? settings.speed,
    tools,
    toolChoice,
    parallelTools: wanted.parallel_tool_calls ?? settings.parallelTools,
    temperature: wanted.temperature ?? settings.temperature,
    maxTokens: limit === 'inf' ? null : (limit ?? settings.maxTokens),
  };
}

type WantedFormat = NonNullable<RealtimeSessionSettings['audio']>['output'] extends infer Output
  ? NonNullable<Output> extends { format?: infer Format }
    ? Format
    : never
  : never;

const FORMATS = {
  'audio/pcm': 'pcm16',
  'audio/pcmu': 'g711_ulaw',
  'audio/pcma': 'g711_alaw',
} as const satisfies Record<string, RealtimeAudioFormat>;

function formatOf(wanted: WantedFormat): RealtimeAudioFormat | null {
  if (wanted === undefined || wanted === null) return null;
  return typeof wanted === 'string' ? wanted : FORMATS[wanted.type];
}

type WantedTurns = NonNullable<RealtimeSessionSettings['turn_detection']>;

/** How long a pause ends a turn where a client asks for turns to be told by their meaning, which this server cannot. */
const SEMANTIC_SILENCE_MS = { low: 1_200, medium: 700, auto: 700, high: 400 } as const;

function toTurns(wanted: WantedTurns): TurnSettings {
  const silenceMs =
    wanted.type === 'semantic_vad' ? SEMANTIC_SILENCE_MS[wanted.eagerness ?? 'auto'] : DEFAULT_TURNS.silenceMs;
  return {
    threshold: wanted.threshold ?? DEFAULT_TURNS.threshold,
    prefixMs: wanted.prefix_padding_ms ?? DEFAULT_TURNS.prefixMs,
    silenceMs: wanted.silence_duration_ms ?? silenceMs,
    createsResponse: wanted.create_response ?? DEFAULT_TURNS.createsResponse,
    interruptsResponse: wanted.interrupt_response ?? DEFAULT_TURNS.interruptsResponse,
    idleTimeoutMs: wanted.idle_timeout_ms ?? DEFAULT_TURNS.idleTimeoutMs,
  };
}

function toTools(wanted: NonNullable<AnswerFields['tools']>, param: string): ToolDefinition[] {
  return wanted.map(({ type, name, description, parameters }, at) => {
    const path = `${param}.tools.${at}`;
    if (type !== 'function')
      throw new GatewayError('unsupported_value', `${path}.type: only functions are called; send type "function"`, {
        param: `${path}.type`,
      });
    if (name === undefined || name === null || !/^[a-zA-Z0-9_-]{1,64}$/.test(name))
      throw new GatewayError('invalid_request', `${path}.name must have 1 to 64 letters, digits, dashes, underscores`, {
        param: `${path}.name`,
      });
    return {
      name,
      description: description ?? null,
      parameters: parameters ?? { type: 'object', properties: {} },
      strict: false,
    };
  });
}

function toToolChoice(wanted: AnswerFields['tool_choice'], param: string): AnswerSettings['toolChoice'] | null {
  if (wanted === undefined || wanted === null) return null;
  if (typeof wanted === 'string') return wanted;
  const name = wanted.name ?? wanted.function?.name;
  if (wanted.type !== 'function' || name === undefined || name === null)
    throw new GatewayError(
      'unsupported_value',
      `${param}.tool_choice must be none, auto, required, or {"type": "function", "name": …}`,
      { param: `${param}.tool_choice` },
    );
  return { name };
}
