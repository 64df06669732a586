/**
 * Compares versions as Python packages, drivers and CUDA write them (`2.1.0+cu121`, `5.0.0rc0`, `550.54.14`): below 0 when `a` is the
 * older. A pre-release comes before its release, a post release after it; what follows a plus sign does not count.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [readVersion(a), readVersion(b)];
  for (let at = 0; at < Math.max(left.numbers.length, right.numbers.length); at += 1) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.stage - right.stage || left.stageNumber - right.stageNumber;
}

/** In the order in which they come; a release itself has no name. */
const STAGES = ['dev', 'a', 'b', 'rc', undefined, 'post'];

function readVersion(text: string): { numbers: number[]; stage: number; stageNumber: number } {
  const [, release = '', , stage, stageNumber = '0'] =
    /^v?(\d+(\.\d+)*)[.-]?(?:(dev|a|b|rc|post)\.?(\d+)?)?/.exec(text.split('+')[0] ?? '') ?? [];
  return {
    numbers: release.split('.').map(Number),
    stage: STAGES.indexOf(stage),
    stageNumber: Number(stageNumber),
  };
}
