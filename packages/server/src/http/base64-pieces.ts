/** Base64 of bytes that come in pieces. Each piece stands for whole groups of three bytes, so that clients may join the texts before they decode them. */
export class Base64Pieces {
  #rest: Uint8Array = new Uint8Array();

  /** Up to two bytes wait for the next piece. */
  push(bytes: Uint8Array): string {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = all.length - (all.length % 3);
    this.#rest = all.slice(whole);
    return textOf(all.subarray(0, whole));
  }

  /** The last bytes, padded. */
  end(): string {
    const rest = textOf(this.#rest);
    this.#rest = new Uint8Array();
    return rest;
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
