/** A running sequence that should go on in the place of an idle one. */
export interface Move {
  readonly from: number;
  readonly to: number;
}

interface Group {
  readonly first: number;
  readonly last: number;
}

/**
 * With a buffer for each sequence llama.cpp evaluates only sequences with consecutive numbers at once. Where running ones
 * lie apart, names one of the smallest group to move beside the largest; null when they lie together or there is no room.
 */
export function chooseMove(busy: readonly boolean[]): Move | null {
  const groups = groupsOf(busy).toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const [largest] = groups;
  const smallest = groups.at(-1);
  if (largest === undefined || smallest === undefined || groups.length < 2) return null;
  const free = [largest.last + 1, largest.first - 1].filter((place) => busy[place] === false);
  const to = free.find((place) => touchesOther(busy, place, largest)) ?? free[0];
  if (to === undefined) return null;
  // The end farther from the new place, so that a group is not torn apart.
  const from = to > smallest.last ? smallest.first : smallest.last;
  return { from, to };
}

function groupsOf(busy: readonly boolean[]): Group[] {
  const groups: Group[] = [];
  for (let index = 0; index < busy.length; index++) {
    if (busy[index] !== true) continue;
    const first = index;
    while (busy[index + 1] === true) index++;
    groups.push({ first, last: index });
  }
  return groups;
}

function sizeOf({ first, last }: Group): number {
  return last - first + 1;
}

/** Whether the place joins the group with another one. */
function touchesOther(busy: readonly boolean[], place: number, group: Group): boolean {
  const beyond = place > group.last ? place + 1 : place - 1;
  return busy[beyond] === true;
}
