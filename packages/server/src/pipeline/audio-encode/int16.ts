/** Samples from -1 to 1 as signed 16-bit numbers; louder ones are clipped. */
export function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32767))));
}

/** Signed 16-bit little-endian bytes, whatever the machine's order. */
export function int16Bytes(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  toInt16(samples).forEach((sample, at) => view.setInt16(at * 2, sample, true));
  return bytes;
}
