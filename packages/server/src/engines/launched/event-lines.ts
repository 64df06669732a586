const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Longer than any event of an engine: a stream without line ends must not fill the memory. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Reads Server-Sent Events (WHATWG HTML, 9.2.6) from bytes that may be cut anywhere, inside a character too, and gives the data of
 * each event. Comments and fields other than `data` are left out; an event counts once the empty line behind it has come. The field
 * `error`, in which old builds of llama-server report failures, is given as `{"error": …}`. Throws an Error for a line above 16 MiB.
 */
export class EventLines {
  #rest: Buffer = Buffer.alloc(0);
  #data: string[] = [];
  /** The last line ended with a carriage return: a line feed that follows at once belongs to it. */
  #afterReturn = false;

  /** The data of the events that these bytes complete, in order. */
  push(chunk: Buffer): string[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const events: string[] = [];
    let start = 0;
    let feed = bytes.indexOf(LINE_FEED, this.#rest.length);
    let carriageReturn = bytes.indexOf(CARRIAGE_RETURN, this.#rest.length);
    while (feed !== -1 || carriageReturn !== -1) {
      const isFeed = carriageReturn === -1 || (feed !== -1 && feed < carriageReturn);
      const end = isFeed ? feed : carriageReturn;
      const isSecondHalf = isFeed && end === start && this.#afterReturn;
      if (!isSecondHalf) this.#take(bytes.toString('utf8', start, end), events);
      this.#afterReturn = !isFeed;
      start = end + 1;
      if (isFeed) feed = bytes.indexOf(LINE_FEED, start);
      else carriageReturn = bytes.indexOf(CARRIAGE_RETURN, start);
    }
    this.#rest = bytes.subarray(start);
    if (this.#rest.length > 0) this.#afterReturn = false;
    if (this.#rest.length > LONGEST_LINE_BYTES) throw new Error('the engine sent a line of more than 16 MiB');
    return events;
  }

  #take(line: string, events: string[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push(this.#data.join('\n'));
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'error') return;
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    this.#data.push(field === 'data' ? value : `{"error":${value}}`);
  }
}
