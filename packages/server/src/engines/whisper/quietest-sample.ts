/** Length over which loudness is measured, in samples: 50 ms at 16 kHz. */
const FRAME = 800;

/** The middle of the quietest 50 ms of `samples` (16 kHz); half their length where they are shorter than that. */
export function quietestSample(samples: Float32Array): number {
  let best = Math.floor(samples.length / 2);
  let least = Infinity;
  for (let start = 0; start + FRAME <= samples.length; start += FRAME / 2) {
    let energy = 0;
    for (let index = start; index < start + FRAME; index++) energy += (samples[index] as number) ** 2;
    if (energy < least) {
      least = energy;
      best = start + FRAME / 2;
    }
  }
  return best;
}
