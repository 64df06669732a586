import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { int16Bytes } from './int16.ts';
import { OggPages } from './ogg-pages.ts';
import { joined, type SampleEncoder, type SampleEncoderOptions } from './sample-encoder.ts';

/** The part of @evan/opus's WebAssembly build that is used; it brings types for its native build only. */
interface LibOpus {
  readonly Encoder: new (options: { channels: 1; sample_rate: number; application: 'audio' }) => {
    /** Signed 16-bit samples of exactly one frame. */
    encode(frame: Uint8Array): Uint8Array;
    /** Sets a control, or reads it when `value` is left out. */
    ctl(control: number, value?: number): number;
    drop(): void;
  };
}

/** Controls by number, from opus_defines.h. */
const SET_BITRATE = 4002;
const GET_LOOKAHEAD = 4027;
const BITS_PER_SECOND = 40_000;
/** Ogg Opus counts in these whatever the input's rate (RFC 7845, 4). */
const GRANULES_PER_SECOND = 48_000;
const FRAME_SECONDS = 0.02;
/** A page each fifth of a second: little overhead, and players can begin early. */
const FRAMES_PER_PAGE = 10;
const RATES = new Set([8000, 12000, 16000, 24000, 48000]);

/** Opus in Ogg (RFC 7845), mono, by libopus (WebAssembly). The rate must be one that Opus knows. */
export function createOpusEncoder({ sampleRate }: SampleEncoderOptions): SampleEncoder {
  if (!RATES.has(sampleRate)) throw new RangeError(`Opus has no sample rate of ${sampleRate} Hz`);
  const require = createRequire(import.meta.url);
  const { Encoder } = require('@evan/opus/wasm/index.js') as LibOpus;
  return new OggOpusEncoder(new Encoder({ channels: 1, sample_rate: sampleRate, application: 'audio' }), sampleRate);
}

class OggOpusEncoder implements SampleEncoder {
  readonly contentType = 'audio/ogg; codecs=opus';
  readonly #opus: InstanceType<LibOpus['Encoder']>;
  readonly #pages = new OggPages(randomInt(2 ** 32));
  readonly #sampleRate: number;
  readonly #frameSamples: number;
  readonly #preSkip: number;
  #begun = false;
  #held = new Float32Array();
  #packets: Uint8Array[] = [];
  #received = 0;
  #encoded = 0;

  constructor(opus: InstanceType<LibOpus['Encoder']>, sampleRate: number) {
    this.#opus = opus;
    this.#sampleRate = sampleRate;
    this.#frameSamples = sampleRate * FRAME_SECONDS;
    opus.ctl(SET_BITRATE, BITS_PER_SECOND);
    this.#preSkip = this.#granules(opus.ctl(GET_LOOKAHEAD));
  }

  push(samples: Float32Array): Uint8Array {
    this.#received += samples.length;
    return joined([...this.#begin(), ...this.#encode(samples)]);
  }

  finish(): Uint8Array {
    const head = this.#begin();
    // The encoder's own delay must be pushed out; the end's granule says where the sound really ends (RFC 7845, 4.4).
    const end = this.#preSkip + this.#granules(this.#received);
    const missing =
      Math.ceil(end / this.#granules(this.#frameSamples)) * this.#frameSamples - this.#encoded - this.#held.length;
    const pages = this.#encode(new Float32Array(Math.max(0, missing)));
    const last = this.#pages.page(this.#packets, { granule: BigInt(end), position: 'last' });
    this.#packets = [];
    this.#opus.drop();
    return joined([...head, ...pages, last]);
  }

  #granules(samples: number): number {
    return Math.round((samples * GRANULES_PER_SECOND) / this.#sampleRate);
  }

  #begin(): Uint8Array[] {
    if (this.#begun) return [];
    this.#begun = true;
    return [
      this.#pages.page([opusHead(this.#preSkip, this.#sampleRate)], { granule: 0n, position: 'first' }),
      this.#pages.page([opusTags()], { granule: 0n, position: 'middle' }),
    ];
  }

  #encode(samples: Float32Array): Uint8Array[] {
    const all = new Float32Array(this.#held.length + samples.length);
    all.set(this.#held);
    all.set(samples, this.#held.length);
    const pages: Uint8Array[] = [];
    let at = 0;
    for (; at + this.#frameSamples <= all.length; at += this.#frameSamples) {
      // Full pages wait for one more packet, so that the last page is never empty.
      if (this.#packets.length === FRAMES_PER_PAGE) pages.push(this.#flush());
      this.#packets.push(this.#opus.encode(int16Bytes(all.subarray(at, at + this.#frameSamples))));
      this.#encoded += this.#frameSamples;
    }
    this.#held = all.slice(at);
    return pages;
  }

  #flush(): Uint8Array {
    const page = this.#pages.page(this.#packets, {
      granule: BigInt(this.#granules(this.#encoded)),
      position: 'middle',
    });
    this.#packets = [];
    return page;
  }
}

/** The identification header (RFC 7845, 5.1). */
function opusHead(preSkip: number, inputRate: number): Uint8Array {
  const head = new Uint8Array(19);
  const view = new DataView(head.buffer);
  head.set(new TextEncoder().encode('OpusHead'));
  head[8] = 1;
  head[9] = 1;
  view.setUint16(10, preSkip, true);
  view.setUint32(12, inputRate, true);
  return head;
}

/** The comment header (RFC 7845, 5.2): a vendor and no comments. */
function opusTags(): Uint8Array {
  const vendor = new TextEncoder().encode('concert');
  const tags = new Uint8Array(8 + 4 + vendor.length + 4);
  tags.set(new TextEncoder().encode('OpusTags'));
  new DataView(tags.buffer).setUint32(8, vendor.length, true);
  tags.set(vendor, 12);
  return tags;
}
