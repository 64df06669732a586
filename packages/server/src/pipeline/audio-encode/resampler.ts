/** Half the kernel's width in input samples at unchanged or rising rates: about 70 dB of stop band. */
const HALF_WIDTH = 16;
/** Where the pass band ends, as part of the lower rate's half. */
const PASS = 0.94;

/**
 * Changes the sample rate of a mono stream by windowed-sinc interpolation (Smith, "Digital Audio Resampling"). Chunks may be of any length;
 * the result does not depend on how the stream was cut. `finish` yields the last samples; afterwards it begins anew.
 */
export class Resampler {
  readonly #step: number;
  readonly #up: number;
  readonly #half: number;
  readonly #kernels: readonly Float32Array[];
  /** Input not yet used up; its first sample is number `#first` of the stream. */
  #held: Float32Array;
  #first: number;
  #received = 0;
  #produced = 0;

  /** Rates in Hz, whole numbers. */
  constructor(inputRate: number, outputRate: number) {
    const common = greatestCommonDivisor(inputRate, outputRate);
    this.#up = outputRate / common;
    this.#step = inputRate / common;
    const scale = Math.min(1, outputRate / inputRate);
    this.#half = Math.ceil(HALF_WIDTH / scale);
    this.#kernels = Array.from({ length: this.#up }, (_, phase) => kernel(phase / this.#up, this.#half, scale * PASS));
    this.#held = new Float32Array(this.#half);
    this.#first = -this.#half;
  }

  /** The samples that are certain now. */
  push(samples: Float32Array): Float32Array {
    this.#received += samples.length;
    this.#append(samples);
    return this.#produce(Math.floor(((this.#received - this.#half) * this.#up - 1) / this.#step) + 1);
  }

  /** The rest, up to exactly the stream's length. */
  finish(): Float32Array {
    const total = Math.round((this.#received * this.#up) / this.#step);
    this.#append(new Float32Array(this.#half * 2 + 2));
    const rest = this.#produce(total);
    this.#held = new Float32Array(this.#half);
    this.#first = -this.#half;
    this.#received = 0;
    this.#produced = 0;
    return rest;
  }

  #append(samples: Float32Array): void {
    const held = new Float32Array(this.#held.length + samples.length);
    held.set(this.#held);
    held.set(samples, this.#held.length);
    this.#held = held;
  }

  #produce(upTo: number): Float32Array {
    const output = new Float32Array(Math.max(0, upTo - this.#produced));
    for (let at = 0; at < output.length; at += 1) {
      const position = (this.#produced + at) * this.#step;
      const whole = Math.floor(position / this.#up);
      const taps = this.#kernels[position - whole * this.#up] ?? new Float32Array();
      const from = whole - this.#half + 1 - this.#first;
      let sum = 0;
      for (let tap = 0; tap < taps.length; tap += 1) sum += (taps[tap] ?? 0) * (this.#held[from + tap] ?? 0);
      output[at] = sum;
    }
    this.#produced += output.length;
    const needed = Math.floor((this.#produced * this.#step) / this.#up) - this.#half + 1;
    const used = Math.max(0, Math.min(this.#held.length, needed - this.#first));
    this.#held = this.#held.slice(used);
    this.#first += used;
    return output;
  }
}

/** The taps for an output sample that lies `fraction` of a sample after an input sample; they sum to 1. */
function kernel(fraction: number, half: number, cutoff: number): Float32Array {
  const taps = Float32Array.from({ length: half * 2 }, (_, tap) => {
    const distance = tap - half + 1 - fraction;
    const turns = distance * cutoff * Math.PI;
    const sinc = turns === 0 ? 1 : Math.sin(turns) / turns;
    const place = distance / half;
    // Blackman's window.
    return Math.abs(place) >= 1
      ? 0
      : sinc * (0.42 + 0.5 * Math.cos(Math.PI * place) + 0.08 * Math.cos(2 * Math.PI * place));
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
