import {
  parsePhoneAction,
  phoneAnswer,
  type PhoneScreen,
  phoneScreens,
  phoneStep,
  tapLands,
  type TapTarget,
} from '../test/phone-agent.ts';
import type { Bench, BenchContext } from './bench.ts';
import { type BenchServer, startBenchServer } from './bench-server.ts';
import type { Findings } from './report.ts';

const PROFILE = 'laptop';
const QUICK_TAPS = 3;

interface Tap {
  readonly parsed: boolean;
  readonly landed: boolean;
  readonly seconds: number;
}

/** How often a phone agent's tap on something named lands, with a hub that cannot see. */
export const tapsBench: Bench = {
  name: 'taps',
  sentence:
    'A phone agent asked to tap what is named, on rendered screens, with a hub that gets them as text: how often its answer can be parsed and its tap lands.',
  rounds: 1,
  apart: true,
  async run(context) {
    const server = await startBenchServer(context, PROFILE, ['--idle-unload', 'never']);
    try {
      return await tapAll(context, server);
    } finally {
      await server.stop();
    }
  },
};

async function tapAll(context: BenchContext, server: BenchServer): Promise<Findings> {
  const all = phoneScreens().flatMap((screen) => screen.targets.map((target) => ({ screen, target })));
  const wanted = context.quick ? all.slice(0, QUICK_TAPS) : all;
  const rounds: Tap[][] = [];
  for (let round = 0; round < context.rounds; round += 1) {
    const taps: Tap[] = [];
    for (const { screen, target } of wanted) taps.push(await tap(server, screen, target));
    rounds.push(taps);
  }
  const share = (is: (tap: Tap) => boolean): number[] =>
    rounds.map((taps) => (taps.filter(is).length / taps.length) * 100);
  return {
    rows: [
      { what: 'answers that the client can parse', unit: '%', values: share(({ parsed }) => parsed) },
      { what: 'taps that land on what was named', unit: '%', values: share(({ landed }) => landed) },
      {
        what: 'a step, screenshot included',
        unit: 's',
        values: rounds.map((taps) => taps.reduce((sum, { seconds }) => sum + seconds, 0) / taps.length),
      },
    ],
    notes: [
      `${wanted.length} targets on ${phoneScreens().length} screens of 1080 × 2400; temperature 0; one step each`,
    ],
  };
}

async function tap(server: BenchServer, screen: PhoneScreen, target: TapTarget): Promise<Tap> {
  const startedMs = performance.now();
  const task = /[一-鿿]/.test(target.text) ? `点击“${target.text}”` : `Tap "${target.text}"`;
  const content = phoneAnswer(await (await server.post('/v1/chat/completions', phoneStep(task, screen))).text());
  const seconds = (performance.now() - startedMs) / 1000;
  try {
    const action = parsePhoneAction(content);
    const landed = action.kind === 'do' && tapLands(action.fields['element'], target, screen);
    if (!landed) console.log(`  ${screen.name}, ${target.text}: ${content.replaceAll('\n', ' ')}`);
    return { parsed: true, landed, seconds };
  } catch {
    console.log(`  ${screen.name}, ${target.text}, not parsed: ${content}`);
    return { parsed: false, landed: false, seconds };
  }
}
