/** The mean of a text's windows, weighted by their tokens: what the mean over all its tokens would be if it fitted into one. */
export class WindowMean {
  readonly #sum: Float64Array;

  constructor(dimensions: number) {
    this.#sum = new Float64Array(dimensions);
  }

  /** Adds a window's vector, which is not kept. */
  add(vector: Float32Array, tokens: number): void {
    for (let index = 0; index < this.#sum.length; index += 1) {
      this.#sum[index] = (this.#sum[index] ?? 0) + (vector[index] ?? 0) * tokens;
    }
  }

  /** The mean's direction, of length 1; zero where all windows were. */
  direction(): Float32Array {
    const length = Math.sqrt(this.#sum.reduce((sum, value) => sum + value * value, 0));
    return Float32Array.from(this.#sum, (value) => (length > 0 ? value / length : 0));
  }
}
