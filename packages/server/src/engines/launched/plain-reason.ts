const MOST_CHARACTERS = 240;

/**
 * One line of an engine's own words, fit to be shown to callers: without colours, log prefixes, paths and secrets, and cut after 240
 * characters.
 */
export function plainReason(text: string): string {
  const line = text.split('\n').find((part) => part.trim() !== '') ?? '';
  return (
    line
      // oxlint-disable-next-line no-control-regex -- terminal colours begin with the escape character
      .replaceAll(/\u001b\[[0-9;]*m/g, '')
      .replace(/^(\([^)]*\)\s*)*((INFO|WARNING|ERROR)\s[\d-]+ [\d:]+\s)?(\[[^\]]*\]\s*)*/, '')
      .replaceAll(/(^|[\s'"(=])(~?\/|[A-Za-z]:\\)[^\s'")]+/g, '$1…')
      .replaceAll(/Bearer \S+/g, 'Bearer …')
      .trim()
      .slice(0, MOST_CHARACTERS)
  );
}
