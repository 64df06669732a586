const MAX_SEGMENTS = 255;
const HEADER_BYTES = 27;

/** Ogg's checksum (RFC 3533, 6): CRC-32 with polynomial 0x04c11db7, not reflected, from 0. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit += 1) value = (value << 1) ^ (value < 0 ? 0x04c1_1db7 : 0);
  return value >>> 0;
});

function checksum(page: Uint8Array): number {
  let crc = 0;
  for (const byte of page) crc = ((crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return crc;
}

/** What stands in a page's header beside its packets. */
export interface PageMarks {
  /** Samples of the stream up to the end of this page's last packet. */
  readonly granule: bigint;
  readonly position: 'first' | 'middle' | 'last';
}

/** Writes one logical Ogg stream page by page (RFC 3533). Each page holds whole packets. */
export class OggPages {
  readonly #serial: number;
  #sequence = 0;

  constructor(serial: number) {
    this.#serial = serial >>> 0;
  }

  /** How many of the page's 255 segments a packet of so many bytes takes. */
  static segmentsOf(packetBytes: number): number {
    return Math.floor(packetBytes / 255) + 1;
  }

  /** One page. Throws when the packets need more than 255 segments, about 63 kB. */
  page(packets: readonly Uint8Array[], marks: PageMarks): Uint8Array {
    const segments = packets.flatMap((packet) => [
      ...Array<number>(OggPages.segmentsOf(packet.length) - 1).fill(255),
      packet.length % 255,
    ]);
    if (segments.length > MAX_SEGMENTS)
      throw new Error(`an Ogg page holds ${MAX_SEGMENTS} segments, not ${segments.length}`);
    const body = packets.reduce((sum, packet) => sum + packet.length, 0);
    const page = new Uint8Array(HEADER_BYTES + segments.length + body);
    const view = new DataView(page.buffer);
    page.set(new TextEncoder().encode('OggS'));
    page[5] = marks.position === 'first' ? 2 : marks.position === 'last' ? 4 : 0;
    view.setBigUint64(6, marks.granule, true);
    view.setUint32(14, this.#serial, true);
    view.setUint32(18, this.#sequence, true);
    page[26] = segments.length;
    page.set(segments, HEADER_BYTES);
    let at = HEADER_BYTES + segments.length;
    for (const packet of packets) {
      page.set(packet, at);
      at += packet.length;
    }
    view.setUint32(22, checksum(page), true);
    this.#sequence += 1;
    return page;
  }
}
