/**
 * Cuts a text of so many tokens into windows of at most `size`, as few as share `overlap` tokens with their neighbours at least. They are of
 * one length and lie evenly, so that none holds a mere scrap. An empty text has one empty window.
 */
export function planWindows(tokens: number, size: number, overlap: number): readonly (readonly [number, number])[] {
  if (tokens <= size) return [[0, tokens]];
  const count = Math.ceil((tokens - overlap) / (size - overlap));
  return Array.from({ length: count }, (_, index) => {
    const start = Math.round((index * (tokens - size)) / (count - 1));
    return [start, start + size] as const;
  });
}
