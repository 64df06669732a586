/** The text in two pieces, cut at every place (inside characters of two units too). */
export function* eachCut(text: string): Generator<readonly [string, string]> {
  for (let at = 0; at <= text.length; at++) yield [text.slice(0, at), text.slice(at)];
}

/** The text in pieces of 0 to 6 units. */
export function randomCuts(text: string, random: (below: number) => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = random(7);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** Whole numbers below a bound, the same ones for the same seed. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
