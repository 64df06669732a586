/** Encodes mono samples of one fixed rate; bytes come in order. Used once: nothing follows `finish`. */
export interface SampleEncoder {
  readonly contentType: string;
  push(samples: Float32Array): Uint8Array;
  finish(): Uint8Array;
}

/** What every encoder is given. */
export interface SampleEncoderOptions {
  /** Samples per second of what is pushed. */
  readonly sampleRate: number;
  /** False when the bytes are sent only once all are there: headers then tell the true length. */
  readonly streaming: boolean;
}

/** The parts as one array. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
