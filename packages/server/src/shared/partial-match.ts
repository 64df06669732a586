/** How many characters at the end of the text may be the beginning of one of these strings, none of which the text holds whole. */
export function partialMatchLength(text: string, wanted: readonly string[]): number {
  const longest = Math.max(0, ...wanted.map((one) => one.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const end = text.slice(text.length - length);
    if (wanted.some((one) => one.length > length && one.startsWith(end))) return length;
  }
  return 0;
}
