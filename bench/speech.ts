import { readFileSync } from 'node:fs';
import type { Bench, BenchContext } from './bench.ts';
import { type BenchServer, type Cost, costOf, startBenchServer } from './bench-server.ts';
import { interleave } from './measure.ts';
import { processMegabytes } from './process-figures.ts';
import type { Findings, Row } from './report.ts';
import { openModels, recordings } from './weights.ts';

const PROFILE = 'laptop';
const TEXTS = {
  zh: '今天天气很好，我们去公园散步吧。湖边的柳树已经发芽了，几只燕子从远处飞来。中午我们在老街吃一碗热汤面，再慢慢走回家。',
  en: 'The weather is fine today, so let us take a walk in the park. The willows by the lake are in leaf, and swallows come in from afar. At noon we shall have a bowl of soup in the old town, and then walk slowly home.',
} as const;
type Language = keyof typeof TEXTS;
const LANGUAGES = ['zh', 'en'] as const satisfies readonly Language[];
/** Bare samples as OpenAI has them: 16 bits, 24,000 a second. */
const PCM_BYTES_PER_SECOND = 2 * 24_000;

/** What was heard or said. */
interface Sound {
  readonly audioSeconds: number;
  /** Seconds to the first sound; NaN for recognition. */
  readonly firstSeconds: number;
}

/** Speech recognition and synthesis. */
export const speechBench: Bench = {
  name: 'speech',
  sentence:
    'Speech to text and text to speech over HTTP: seconds and CPU seconds for a second of sound, time to the first clause.',
  rounds: 5,
  async run(context) {
    const { profile } = await openModels(context.home, PROFILE, context.threads);
    const recorded = await recordings(context.home);
    const voices = Object.fromEntries(LANGUAGES.map((language) => [language, profile.roles.tts[language] ?? '']));
    const ids = [profile.roles.asr, ...Object.values(voices)];
    const server = await startBenchServer(context, PROFILE, ['--preload', ids.join(','), '--idle-unload', 'never']);
    try {
      return await measureSpeech(context, { server, asr: profile.roles.asr, voices, recorded });
    } finally {
      await server.stop();
    }
  },
};

interface Subjects {
  readonly server: BenchServer;
  readonly asr: string;
  /** Models by language. */
  readonly voices: Readonly<Record<string, string>>;
  /** Recordings by file name. */
  readonly recorded: Readonly<Record<string, string>>;
}

async function measureSpeech(context: BenchContext, subjects: Subjects): Promise<Findings> {
  const { server, asr, voices, recorded } = subjects;
  const files = Object.keys(recorded)
    .sort()
    .slice(0, context.quick ? 1 : undefined);
  const variants: Record<string, () => Promise<Cost<Sound>>> = {};
  const pids: Record<string, number> = { [asr]: await server.workerPid(asr) };
  for (const file of files) {
    const bytes = readFileSync(recorded[file] ?? '');
    variants[`hear ${file}`] = () => costOf([pids[asr] ?? -1, server.pid], () => hear(server, { asr, file, bytes }));
  }
  for (const language of LANGUAGES) {
    const model = voices[language] ?? '';
    pids[model] = await server.workerPid(model);
    variants[`say ${language}`] = () =>
      costOf([pids[model] ?? -1, server.pid], () => say(server, model, TEXTS[language]));
  }
  await interleave(1, variants);
  const costs = await interleave(context.rounds, variants);
  const rows = [
    ...files.flatMap((file) => soundRows(`speech to text, ${file}`, costs[`hear ${file}`] ?? [])),
    ...LANGUAGES.flatMap((language) => {
      const spoken = costs[`say ${language}`] ?? [];
      const first = spoken.map((cost) => cost.result.firstSeconds);
      const what = `text to speech, ${language}`;
      return [...soundRows(what, spoken), { what: `${what}: to the first clause`, unit: 's', values: first }];
    }),
  ];
  const memory = await Promise.all(Object.entries(pids).map(([model, pid]) => memoryRows(model, pid)));
  const models = `${asr}, ${LANGUAGES.map((language) => voices[language]).join(', ')}`;
  return {
    rows: [...rows, ...memory.flat()],
    notes: [`${models}; threads: ${context.threads}; warm; CPU seconds are those of engine and server together`],
  };
}

function soundRows(what: string, costs: readonly Cost<Sound>[]): Row[] {
  const length = costs[0]?.result.audioSeconds ?? Number.NaN;
  const named = `${what} (${length.toFixed(1)} s)`;
  const cpu = (cost: Cost<Sound>): number => cost.cpu.reduce((sum, seconds) => sum + seconds, 0);
  return [
    { what: named, unit: 's / s of sound', values: costs.map((cost) => cost.seconds / cost.result.audioSeconds) },
    { what: named, unit: 'CPU s / s of sound', values: costs.map((cost) => cpu(cost) / cost.result.audioSeconds) },
  ];
}

async function memoryRows(model: string, pid: number): Promise<Row[]> {
  const memory = await processMegabytes(pid);
  return [
    { what: `${model}: memory at the end`, unit: 'MB', values: [memory.proportional] },
    { what: `${model}: memory at its peak`, unit: 'MB', values: [memory.peak] },
  ];
}

async function hear(
  server: BenchServer,
  recording: { readonly asr: string; readonly file: string; readonly bytes: Uint8Array<ArrayBuffer> },
): Promise<Sound> {
  const form = new FormData();
  form.set('model', recording.asr);
  form.set('file', new Blob([recording.bytes]), recording.file);
  const response = await server.post('/v1/audio/transcriptions', form);
  const answer = (await response.json()) as { readonly usage: { readonly seconds: number } };
  return { audioSeconds: answer.usage.seconds, firstSeconds: Number.NaN };
}

async function say(server: BenchServer, model: string, input: string): Promise<Sound> {
  const startedMs = performance.now();
  const response = await server.post('/v1/audio/speech', { model, voice: 'auto', input, response_format: 'pcm' });
  let firstSeconds = Number.NaN;
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    if (Number.isNaN(firstSeconds)) firstSeconds = (performance.now() - startedMs) / 1000;
    bytes += (chunk as Uint8Array).length;
  }
  return { audioSeconds: bytes / PCM_BYTES_PER_SECOND, firstSeconds };
}
