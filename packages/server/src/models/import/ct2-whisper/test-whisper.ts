/** A Whisper model in CTranslate2's format, small enough for tests, with weights that depend on nothing but their place. */
export const TINY = { state: 8, heads: 2, mels: 4, audioContext: 12, textContext: 6, layers: 2 } as const;

const SPECIAL = [
  '<|endoftext|>',
  '<|startoftranscript|>',
  '<|en|>',
  '<|zh|>',
  '<|translate|>',
  '<|transcribe|>',
  '<|startoflm|>',
  '<|startofprev|>',
  '<|nocaptions|>',
  '<|notimestamps|>',
  '<|0.00|>',
] as const;

/** Three text tokens (a letter, a space, two bytes of UTF-8, nothing), then the special ones. */
export const TINY_VOCABULARY: readonly string[] = ['a', 'Ġ', 'Ã©', '', ...SPECIAL];

export const TINY_CONFIG = { lang_ids: [6, 7], suppress_ids: [1, 2], suppress_ids_begin: [1], alignment_heads: [] };

interface Variable {
  readonly name: string;
  readonly dims: readonly number[];
  /** 4: float16 from these numbers; 2: one int16. */
  readonly type: 2 | 4 | 0;
  readonly values: readonly number[];
}

/** The bytes of `model.bin`. */
export function tinyModel(): Buffer {
  const variables = tinyVariables();
  return Buffer.concat([
    uint32(6),
    text('WhisperSpec'),
    uint32(3),
    uint32(variables.length),
    ...variables.map(encodeVariable),
    uint32(1),
    text('decoder/projection/weight'),
    text('decoder/embeddings/weight'),
  ]);
}

function tinyVariables(): Variable[] {
  const { state, heads, mels, audioContext, textContext, layers } = TINY;
  const variables: Variable[] = [];
  let seed = 1;
  const add = (name: string, ...dims: number[]): void => {
    const count = dims.reduce((product, size) => product * size, 1);
    const isNorm = name.endsWith('gamma');
    const values = Array.from({ length: count }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return isNorm ? 1 : (seed % 2_001) / 2_000 - 0.5;
    });
    variables.push({ name, dims, type: 4, values });
  };
  const norm = (name: string): void => {
    add(`${name}/gamma`, state);
    add(`${name}/beta`, state);
  };
  const linear = (name: string, out: number, input: number): void => {
    add(`${name}/weight`, out, input);
    add(`${name}/bias`, out);
  };
  for (const part of ['encoder', 'decoder']) {
    variables.push({ name: `${part}/num_heads`, dims: [], type: 2, values: [heads] });
    add(`${part}/position_encodings/encodings`, part === 'encoder' ? audioContext : textContext, state);
    norm(`${part}/layer_norm`);
    for (let index = 0; index < layers; index++) {
      const layer = `${part}/layer_${index}`;
      norm(`${layer}/self_attention/layer_norm`);
      linear(`${layer}/self_attention/linear_0`, 3 * state, state);
      linear(`${layer}/self_attention/linear_1`, state, state);
      if (part === 'decoder') {
        norm(`${layer}/attention/layer_norm`);
        linear(`${layer}/attention/linear_0`, state, state);
        linear(`${layer}/attention/linear_1`, 2 * state, state);
        linear(`${layer}/attention/linear_2`, state, state);
      }
      norm(`${layer}/ffn/layer_norm`);
      linear(`${layer}/ffn/linear_0`, 4 * state, state);
      linear(`${layer}/ffn/linear_1`, state, 4 * state);
    }
  }
  add('encoder/conv1/weight', state, mels, 3);
  add('encoder/conv1/bias', state);
  add('encoder/conv2/weight', state, state, 3);
  add('encoder/conv2/bias', state);
  add('decoder/embeddings/weight', TINY_VOCABULARY.length, state);
  return variables;
}

function encodeVariable({ name, dims, type, values }: Variable): Buffer {
  const data =
    type === 2 ? Buffer.from(Int16Array.from(values).buffer) : Buffer.concat(values.map((value) => half(value)));
  return Buffer.concat([
    text(name),
    Buffer.of(dims.length),
    ...dims.map(uint32),
    Buffer.of(type),
    uint32(data.length),
    data,
  ]);
}

/** A number from -1 to 1 as the nearest half at or below in magnitude, without subnormals. */
function half(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** -14) return buffer;
  const exponent = Math.floor(Math.log2(magnitude));
  const fraction = Math.floor((magnitude / 2 ** exponent - 1) * 1_024);
  buffer.writeUInt16LE((value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction);
  return buffer;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(`${value}\0`);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length);
  return Buffer.concat([length, bytes]);
}
