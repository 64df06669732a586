/** What the stand-in is told, and where it tells what happened. */
import { appendFileSync } from 'node:fs';

/** How a start behaves; `STAND_IN` in the environment overrides these. */
const DEFAULTS = {
  /** How long loading takes, with vLLM's lines spread over it. */
  loadMs: 200,
  /** Fails while loading with this message. */
  failLoad: null,
  /** Fails while loading as vLLM does when memory is short: `free` (too little is free), `cache` (no room for one sequence), `cuda`. */
  outOfMemory: null,
  /** With `outOfMemory`: only when `--max-model-len` is above this. */
  fitsTokens: 0,
  /** Cannot bind its address while this file is not there, and makes it: the next start binds. */
  bindFailsUntil: null,
  /** Its processes go on when they are asked to end. */
  ignoreTerm: false,
  /** Core and workers go on when the process above them is gone. */
  orphans: false,
  /** The server notices that a worker is gone, as vLLM mostly does: requests fail and it ends. Else nothing happens any more. */
  noticeDeath: false,
  /** Bytes that each worker holds, and that move to the core while it sleeps. */
  workerBytes: 20_000_000,
  /** `/health` never answers from so many requests for it on. */
  silentAfter: null,
};

export const behaviour = { ...DEFAULTS, ...JSON.parse(process.env.STAND_IN ?? '{}') };

/** Appends an event to the report, where there is one. */
export function report(event) {
  const file = process.env.STAND_IN_REPORT;
  if (file) appendFileSync(file, `${JSON.stringify(event)}\n`);
}

/** What a request may say in its last message; text that is no JSON object is said again. */
export function toldBy(text) {
  const told = text.startsWith('{') ? JSON.parse(text) : { say: text };
  const words = told.tokens === undefined ? null : Array.from({ length: told.tokens }, (_, at) => `w${at}`).join(' ');
  return {
    say: words ?? 'hello',
    /** Reasoning before the answer, in the field `reasoning`. */
    think: null,
    /** Functions that it calls behind what it says: objects with `name` and `arguments` (JSON text). */
    calls: [],
    delayMs: 0,
    /** Ends the connection after so many words. */
    cutAfter: null,
    /** Sends an error instead of the next word after so many, then `[DONE]`, as vLLM does. */
    errorAfter: null,
    /** Says nothing more after so many words. */
    hangAfter: null,
    /** Ends with a reason to finish but without `[DONE]`. */
    forgetDone: false,
    /** Answers with this status and message instead. */
    status: 200,
    message: 'told to fail',
    ...told,
  };
}

/** Ends this process when it is asked to or its parent is gone, unless it was told to go on. */
export function endWithParent(exit) {
  process.on('SIGTERM', () => {
    report({ event: 'term', pid: process.pid });
    if (!behaviour.ignoreTerm) exit();
  });
  process.on('disconnect', () => {
    if (!behaviour.orphans) exit();
  });
}

const TIME = () => new Date().toISOString().slice(5, 19).replace('T', ' ');

/** A line as vLLM logs it. */
export function log(who, line, level = 'INFO') {
  process.stderr.write(`(${who} pid=${process.pid}) ${level} ${TIME()} ${line}\n`);
}
