import type { Log } from '../shared/log.ts';

/** A logger for commands: warnings as sentences with their facts. Errors are the commands' results, which they say themselves. */
export function terminalLog(write: (line: string) => void): Log {
  const say = (level: string) => (fields: object, message: string) => {
    const facts = Object.entries(fields).map(([name, value]) => `${name}: ${String(value)}`);
    write(`${level}: ${message}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}\n`);
  };
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: say('warning'),
    error: () => undefined,
    child: () => log,
  };
  return log;
}
