import type { FileHandle } from 'node:fs/promises';
import { type GraphBuilder, littleEndian } from '../onnx/graph-builder.ts';
import { type Ct2Index, type Ct2Variable, readCt2Floats, readCt2Integer } from './read-ct2-model.ts';

/** The sizes of a Whisper model. */
export interface WhisperSizes {
  readonly mels: number;
  readonly audioContext: number;
  readonly textContext: number;
  /** Width of the encoder and of the decoder. */
  readonly state: number;
  readonly encoderHeads: number;
  readonly decoderHeads: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly vocabulary: number;
}

/** The weights of a CTranslate2 Whisper model, ready to become constants of an ONNX graph. */
export class WhisperWeights {
  readonly sizes: WhisperSizes;
  readonly #file: FileHandle;
  readonly #index: Ct2Index;

  private constructor(file: FileHandle, index: Ct2Index, sizes: WhisperSizes) {
    this.#file = file;
    this.#index = index;
    this.sizes = sizes;
  }

  /** Finds the model's sizes; throws when the file is not a Whisper model. The caller keeps the file open and closes it. */
  static async open(file: FileHandle, index: Ct2Index): Promise<WhisperWeights> {
    if (index.spec !== 'WhisperSpec') throw new Error(`model.bin holds a ${index.spec}, not a Whisper model`);
    const dim = (name: string, axis: number): number => {
      const size = find(index, name).dims[axis];
      if (size === undefined) throw new Error(`${name} in model.bin has too few dimensions`);
      return size;
    };
    return new WhisperWeights(file, index, {
      mels: dim('encoder/conv1/weight', 1),
      audioContext: dim('encoder/position_encodings/encodings', 0),
      textContext: dim('decoder/position_encodings/encodings', 0),
      state: dim('decoder/embeddings/weight', 1),
      encoderHeads: await readCt2Integer(file, find(index, 'encoder/num_heads')),
      decoderHeads: await readCt2Integer(file, find(index, 'decoder/num_heads')),
      encoderLayers: countLayers(index, 'encoder'),
      decoderLayers: countLayers(index, 'decoder'),
      vocabulary: dim('decoder/embeddings/weight', 0),
    });
  }

  /** Adds the variable as a float constant, in its own shape. */
  floats(graph: GraphBuilder, name: string, dims: readonly number[]): string {
    const variable = this.#shaped(name, dims);
    return graph.constant(name, 'float', dims, async () => littleEndian(await readCt2Floats(this.#file, variable)));
  }

  /**
   * Adds a weight matrix [out, in] as an int8 constant [in, out] and one float scale per output, each output's largest
   * magnitude being 127 (symmetric; plain IEEE operations, so the bytes are the same on every machine).
   */
  quantised(graph: GraphBuilder, name: string, dims: readonly [out: number, input: number]): QuantisedMatrix {
    const variable = this.#shaped(name, dims);
    let scales: Float32Array | null = null;
    const values = graph.constant(`${name}_int8`, 'int8', [dims[1], dims[0]], async () => {
      const made = quantiseRows(await readCt2Floats(this.#file, variable), dims[0], dims[1]);
      scales = made.scales;
      return made.transposed;
    });
    // Constants are written in the order in which they are added, so the values above come first.
    const scale = graph.constant(`${name}_scale`, 'float', [dims[0]], () => {
      if (scales === null) throw new Error(`${name} was not quantised before its scales were written`);
      return Promise.resolve(littleEndian(scales));
    });
    return { values, scale };
  }

  #shaped(name: string, dims: readonly number[]): Ct2Variable {
    const variable = find(this.#index, name);
    if (variable.dims.join() !== dims.join()) {
      throw new Error(
        `${name} in model.bin is ${variable.dims.join('×')}, but the other sizes ask for ${dims.join('×')}`,
      );
    }
    return variable;
  }
}

/** Names of the constants of a quantised matrix. */
export interface QuantisedMatrix {
  readonly values: string;
  readonly scale: string;
}

/** Rows of `rows × columns` floats as int8, transposed, with one scale per row; a row of zeros gets the scale 1. */
export function quantiseRows(
  values: Float32Array,
  rows: number,
  columns: number,
): { readonly transposed: Uint8Array; readonly scales: Float32Array } {
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let index = row * columns; index < (row + 1) * columns; index++) {
      const magnitude = Math.abs(values[index] as number);
      if (!(magnitude <= 65_536)) throw new Error('model.bin is corrupt: a weight is not a number');
      if (magnitude > largest) largest = magnitude;
    }
    scales[row] = largest === 0 ? 1 : largest / 127;
  }
  const transposed = new Int8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const scale = scales[row] as number;
    for (let column = 0; column < columns; column++) {
      const rounded = Math.round((values[row * columns + column] as number) / scale);
      transposed[column * rows + row] = Math.max(-127, Math.min(127, rounded));
    }
  }
  return { transposed: new Uint8Array(transposed.buffer), scales };
}

function find(index: Ct2Index, name: string): Ct2Variable {
  const variable = index.variables.get(name);
  if (variable === undefined)
    throw new Error(`model.bin lacks ${name}; it is not a Whisper model that can be imported`);
  return variable;
}

function countLayers(index: Ct2Index, part: 'encoder' | 'decoder'): number {
  let layers = 0;
  while (index.variables.has(`${part}/layer_${layers}/self_attention/linear_0/weight`)) layers++;
  if (layers === 0) throw new Error(`model.bin has no ${part} layers; it is not a Whisper model that can be imported`);
  return layers;
}
