import koffi from 'koffi';
import type { Pointer } from '../llama-cpp/native-structs.ts';

/** `MADV_DONTNEED`: the pages' contents are dropped, and they read as zeros afterwards. */
const DROP = 4;
/** The largest page size in use on Linux; whole pages of smaller sizes lie within. */
const PAGE = 65_536n;

/** Gives memory back to the system that is never read, though it stays allocated. It does so on Linux alone; elsewhere it does nothing. */
export function releasePages(start: Pointer, bytes: number): void {
  if (process.platform !== 'linux') return;
  const from = ((start + PAGE - 1n) / PAGE) * PAGE;
  const to = ((start + BigInt(bytes)) / PAGE) * PAGE;
  if (to <= from) return;
  const advise = koffi.load(null).func('madvise', 'int', ['void *', 'size_t', 'int']) as unknown as (
    address: Pointer,
    bytes: number,
    advice: number,
  ) => number;
  advise(from, Number(to - from), DROP);
}
