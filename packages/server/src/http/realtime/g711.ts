/**
 * ITU-T G.711: telephone sound, 8,000 samples a second, a byte each. Both laws spend their bits evenly on loudness: a sign, three bits of
 * exponent, four of mantissa.
 */

/** Added before the exponent is taken, and taken off again (μ-law). */
const BIAS = 0x84;
const LOUDEST_ULAW = 32_635;

/** A 16-bit sample as μ-law. */
export function encodeUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), LOUDEST_ULAW) + BIAS;
  const exponent = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

/** A μ-law byte as a 16-bit sample. */
export function decodeUlaw(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits & 0x70) >> 4)) - BIAS;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}

/** Every second bit is turned on the line (A-law). */
const LINE = 0x55;

/** A 16-bit sample as A-law. */
export function encodeAlaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  // Negative numbers are mirrored, not negated, so that -1 and 0 lie beside each other.
  const magnitude = (sample < 0 ? ~sample : sample) >> 3;
  if (magnitude < 32) return (sign | (magnitude >> 1)) ^ LINE;
  const exponent = Math.min(7, 27 - Math.clz32(magnitude));
  return (sign | (exponent << 4) | ((magnitude >> exponent) & 0x0f)) ^ LINE;
}

/** An A-law byte as a 16-bit sample. */
export function decodeAlaw(byte: number): number {
  const bits = byte ^ LINE;
  const exponent = (bits & 0x70) >> 4;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}
