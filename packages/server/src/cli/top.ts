import { AdminModels, AdminRequests } from '@concert/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from './cli-deps.ts';
import type { RunningServerDeps } from './running-server.ts';
import { type TopSample, topView } from './top-view.ts';

/** Another screen without a cursor, so that the terminal's own text comes back afterwards. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
/** As a terminal in raw mode sends it. */
const CTRL_C = '\x03';
const HOME = '\x1b[H';
const TO_LINE_END = '\x1b[K';
const TO_SCREEN_END = '\x1b[J';

/** A terminal to draw on. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The keys that are pressed. */
export interface Keys {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  off(event: 'data', listener: (bytes: Buffer) => void): unknown;
  pause(): unknown;
}

export interface TopDeps extends RunningServerDeps {
  readonly screen: Screen;
  readonly keys: Keys;
  readonly refreshMs: number;
}

/** `concert top`: models, memory and requests of a running server again and again, until q or Ctrl-C; without a terminal, once. */
export async function runTop(deps: TopDeps): Promise<number> {
  const { screen, keys } = deps;
  const first = await sample(deps);
  if (screen.isTTY !== true) {
    deps.print(topView(first, null, deps.server.url));
    return EXIT.fine;
  }
  const quit = new AbortController();
  const stop = AbortSignal.any([deps.signal, quit.signal]);
  const onKey = (bytes: Buffer): void => {
    if (bytes.includes('q') || bytes.includes(CTRL_C)) quit.abort();
  };
  if (keys.isTTY === true) keys.setRawMode?.(true);
  keys.on('data', onKey);
  screen.write(ENTER);
  try {
    await refresh(deps, first, stop);
  } finally {
    screen.write(LEAVE);
    keys.off('data', onKey);
    if (keys.isTTY === true) keys.setRawMode?.(false);
    // A terminal that is read keeps the program alive.
    keys.pause();
  }
  return EXIT.fine;
}

async function refresh(deps: TopDeps, first: TopSample, stop: AbortSignal): Promise<void> {
  let before: TopSample | null = null;
  for (let now = first; !stop.aborted;) {
    draw(deps.screen, topView(now, before, deps.server.url));
    // Ends early when asked to stop, which the next line sees.
    await sleep(deps.refreshMs, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return;
    before = now;
    try {
      now = await sample({ ...deps, signal: stop });
    } catch (error) {
      if (stop.aborted) return;
      throw error;
    }
  }
}

async function sample({ server, signal }: Pick<TopDeps, 'server' | 'signal'>): Promise<TopSample> {
  const [models, requests] = await Promise.all([
    server.get('/admin/models', AdminModels, signal),
    server.get('/admin/requests', AdminRequests, signal),
  ]);
  return { atMs: Date.now(), models, requests };
}

/** What does not fit is cut: a line that wraps would push the view off the screen. */
function draw(screen: Screen, text: string): void {
  const lines = text
    .split('\n')
    .slice(0, screen.rows ?? 24)
    .map((line) => line.slice(0, screen.columns ?? 80) + TO_LINE_END);
  screen.write(HOME + lines.join('\r\n') + TO_SCREEN_END);
}
