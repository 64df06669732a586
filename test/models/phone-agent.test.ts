import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePhoneAction, phoneAnswer, phoneScreens, phoneStep, tapLands } from '../phone-agent.ts';
import { runPython, testPython } from './python.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';

const SCREENS = fileURLToPath(new URL('../fixtures/screens', import.meta.url));
const checkout = process.env['CONCERT_TEST_OPEN_AUTOGLM'] ?? null;
const ready = testHome() !== null;
if (!ready) console.log('skipped: phone agents (run npm test, which brings the weights)');
if (checkout === null)
  console.log("skipped: Open-AutoGLM's own code (set CONCERT_TEST_OPEN_AUTOGLM to a checkout of it)");

describe.skipIf(!ready)('a phone agent, with a hub that cannot see', () => {
  let server: RealServer;
  const folder = mkdtempSync(join(tmpdir(), 'phone-agent-'));
  beforeAll(async () => {
    // As the example says: the client's first check gives up after 30 seconds, and its system message is long.
    const config = join(folder, 'concert.yaml');
    writeFileSync(config, 'preload: [qwen2.5-coder-1.5b-instruct-q4_k_m]\nmax_seq_len: 8192\nmax_num_seqs: 2\n');
    server = await startRealServer({ flags: ['--config', config] });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    expect(await server.stop()).toBe(0);
  });

  test('every answer can be parsed, and most taps land on what was named', async () => {
    const screens = phoneScreens();
    let landed = 0;
    for (const screen of screens.slice(0, 6)) {
      const target = screen.targets.at(-1);
      if (target === undefined) throw new Error('the screen has no targets');
      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer EMPTY' },
        body: JSON.stringify(phoneStep(`点击“${target.text}”`, screen)),
      });
      const content = phoneAnswer(await response.text());
      expect(content).toMatch(/^<think>[^<]+<\/think>\n<answer>/);
      expect(content).not.toContain('</answer>');
      const action = parsePhoneAction(content);
      if (action.kind === 'do' && tapLands(action.fields['element'], target, screen)) landed += 1;
    }
    expect(landed).toBeGreaterThanOrEqual(4);
  });

  test.skipIf(checkout === null || testPython() === null)(
    "Open-AutoGLM's checks pass, its agent taps recorded screens, and its parser takes every answer (Open-AutoGLM#27)",
    async () => {
      const printed = await runPython('open_autoglm.py', server.url, [checkout ?? '', SCREENS]);
      console.log(printed);
      const seen = JSON.parse(printed) as {
        first_check: { choices: number; seconds: number };
        deployment: { rc: number; printed: string; bytes: number };
        agent: { steps: { action: { _metadata: string } | null }[]; taps: { hit: string[] }[] };
        parser: { cuts: number; wrong_count: number };
      };
      expect(seen.first_check.choices).toBe(1);
      expect(seen.deployment.rc).toBe(0);
      expect(seen.deployment.bytes).toBeGreaterThan(1_000_000);
      expect(seen.deployment.printed).toMatch(/<think>[\s\S]*(do|finish)\(/);
      expect(seen.deployment.printed).toMatch(/Completion tokens: \d+/);
      expect(seen.agent.steps.length).toBeGreaterThan(0);
      expect(seen.agent.taps[0]?.hit).toContain('登录');
      expect(seen.parser).toMatchObject({ cuts: 10_000, wrong_count: 0 });
    },
  );
});
