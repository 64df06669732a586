import { isAbsent } from './is-absent.ts';

/** The header that names what a request asked and nothing here uses; none where it asked nothing of it. */
export function ignoredNotice(ignored: Readonly<Record<string, unknown>>): Record<string, string> {
  const asked = Object.entries(ignored).flatMap(([name, value]) => (isAbsent(value) ? [] : [name]));
  return asked.length === 0 ? {} : { 'x-concert-notice': `not used: ${asked.join(', ')}` };
}
