import { type FilePart, GraphBuilder, littleEndian } from '../onnx/graph-builder.ts';
import type { WhisperWeights } from './whisper-weights.ts';

const EPSILON = { float: 1e-5 } as const;
/** Added to the attention score of a later token. */
const MASKED = -1e9;

/** A head of the decoder's cross-attention. */
type AttentionHead = readonly [layer: number, head: number];

/**
 * The Whisper encoder with the decoder's cross-attention keys and values: `mel` [N, mels, T] →
 * `n_layer_cross_k`, `n_layer_cross_v` [layers, N, T / 2, state], the form that sherpa-onnx runs.
 */
export function encoderParts(weights: WhisperWeights, metadata: Readonly<Record<string, string>>): FilePart[] {
  const { mels, audioContext, state, encoderHeads, encoderLayers, decoderLayers } = weights.sizes;
  const graph = new GraphBuilder();
  const layer = new Layers(graph, weights);
  const convolution = (x: string, name: string, channels: number, stride: number): string => {
    const kernel = weights.floats(graph, `${name}/weight`, [state, channels, 3]);
    const bias = weights.floats(graph, `${name}/bias`, [state]);
    return graph.node('Gelu', [graph.node('Conv', [x, kernel, bias], { pads: [1, 1], strides: [stride] })]);
  };
  const first = convolution('mel', 'encoder/conv1', mels, 1);
  const second = convolution(first, 'encoder/conv2', state, 2);
  const frames = graph.node('Transpose', [second], { perm: [0, 2, 1] });
  const positions = weights.floats(graph, 'encoder/position_encodings/encodings', [audioContext, state]);
  const length = graph.node('Shape', [frames], { start: 1, end: 2 });
  const used = graph.node('Slice', [positions, graph.integers([0]), length, graph.integers([0])]);
  let x = graph.node('Add', [frames, used]);
  for (let index = 0; index < encoderLayers; index++) {
    const name = `encoder/layer_${index}`;
    const [q, k, v] = layer.threeWays(
      layer.norm(x, `${name}/self_attention/layer_norm`),
      `${name}/self_attention/linear_0`,
    );
    x = layer.attended(x, [q, k, v], encoderHeads, `${name}/self_attention/linear_1`);
    x = layer.feedForward(x, `${name}/ffn`);
  }
  x = layer.norm(x, 'encoder/layer_norm');
  const keys: string[] = [];
  const values: string[] = [];
  for (let index = 0; index < decoderLayers; index++) {
    const both = layer.linear(x, `decoder/layer_${index}/attention/linear_1`, 2 * state, state);
    const [k, v] = graph.nodeWithOutputs('Split', [both, graph.integers([state, state])], 2, { axis: 2 }) as [
      string,
      string,
    ];
    keys.push(graph.node('Unsqueeze', [k, graph.integers([0])]));
    values.push(graph.node('Unsqueeze', [v, graph.integers([0])]));
  }
  graph.outputNode('Concat', keys, 'n_layer_cross_k', { axis: 0 });
  graph.outputNode('Concat', values, 'n_layer_cross_v', { axis: 0 });
  const crossDims = [decoderLayers, 'N', 'frames', state];
  return graph.parts({
    graphName: 'whisper-encoder',
    inputs: [{ name: 'mel', type: 'float', dims: ['N', mels, 'T'] }],
    outputs: [
      { name: 'n_layer_cross_k', type: 'float', dims: crossDims },
      { name: 'n_layer_cross_v', type: 'float', dims: crossDims },
    ],
    metadata,
  });
}

/**
 * The Whisper decoder with its cache outside: `tokens` [N, n], the self-attention caches [layers, N, textContext, state],
 * the encoder's keys and values, `offset` [1] → `logits` [N, n, vocabulary] and the new caches. Where alignment heads are known, what
 * they look at comes last: `cross_attention_weights` [N, heads, n, frames], scores before softmax, from which sherpa-onnx tells
 * when each token was said.
 */
export function decoderParts(weights: WhisperWeights, alignmentHeads: readonly AttentionHead[]): FilePart[] {
  const { textContext, state, decoderHeads, decoderLayers, vocabulary } = weights.sizes;
  const graph = new GraphBuilder();
  const layer = new Layers(graph, weights);
  const zero = graph.integers([0]);
  const count = graph.node('Shape', ['tokens'], { start: 1, end: 2 });
  const end = graph.node('Add', ['offset', count]);

  const embeddings = weights.quantised(graph, 'decoder/embeddings/weight', [vocabulary, state]);
  const chosen = graph.node('Cast', [graph.node('Gather', [embeddings.values, 'tokens'], { axis: 1 })], { to: 1 });
  const chosenScale = graph.node('Unsqueeze', [
    graph.node('Gather', [embeddings.scale, 'tokens']),
    graph.integers([2]),
  ]);
  const embedded = graph.node('Mul', [graph.node('Transpose', [chosen], { perm: [1, 2, 0] }), chosenScale]);
  const positions = weights.floats(graph, 'decoder/position_encodings/encodings', [textContext, state]);
  let x = graph.node('Add', [embedded, graph.node('Slice', [positions, 'offset', end, zero])]);

  const laterTokens = graph.constant('later_tokens', 'float', [textContext, textContext], () =>
    Promise.resolve(littleEndian(causalMask(textContext))),
  );
  const maskStart = graph.node('Concat', ['offset', zero], { axis: 0 });
  const maskEnd = graph.node('Concat', [end, end], { axis: 0 });
  const maskRows = graph.node('Slice', [laterTokens, maskStart, maskEnd, graph.integers([0, 1])]);
  const mask = graph.node('Unsqueeze', [maskRows, graph.integers([0, 1])]);

  const caches: { readonly k: string[]; readonly v: string[] } = { k: [], v: [] };
  const looks: string[] = [];
  for (let index = 0; index < decoderLayers; index++) {
    const name = `decoder/layer_${index}`;
    const atLayer = graph.integer(index);
    const extend = (fresh: string, which: 'k' | 'v'): string => {
      const cache = graph.node('Gather', [`in_n_layer_self_${which}_cache`, atLayer], { axis: 0 });
      const past = graph.node('Slice', [cache, zero, 'offset', graph.integers([1])]);
      const all = graph.node('Concat', [past, fresh], { axis: 1 });
      const rest = graph.node('Slice', [cache, end, graph.integers([textContext]), graph.integers([1])]);
      caches[which].push(graph.node('Unsqueeze', [graph.node('Concat', [all, rest], { axis: 1 }), zero]));
      return all;
    };
    const [q, k, v] = layer.threeWays(
      layer.norm(x, `${name}/self_attention/layer_norm`),
      `${name}/self_attention/linear_0`,
    );
    x = layer.attended(x, [q, extend(k, 'k'), extend(v, 'v')], decoderHeads, `${name}/self_attention/linear_1`, mask);
    const query = layer.linear(
      layer.norm(x, `${name}/attention/layer_norm`),
      `${name}/attention/linear_0`,
      state,
      state,
    );
    const crossK = graph.node('Gather', ['n_layer_cross_k', atLayer], { axis: 0 });
    const crossV = graph.node('Gather', ['n_layer_cross_v', atLayer], { axis: 0 });
    const heads = alignmentHeads.filter(([of]) => of === index).map(([, head]) => head);
    looks.push(...layer.scores(query, crossK, { heads, of: decoderHeads }));
    x = layer.attended(x, [query, crossK, crossV], decoderHeads, `${name}/attention/linear_2`);
    x = layer.feedForward(x, `${name}/ffn`);
  }
  graph.outputNode('Identity', [layer.multiplied(layer.norm(x, 'decoder/layer_norm'), embeddings)], 'logits');
  graph.outputNode('Concat', caches.k, 'out_n_layer_self_k_cache', { axis: 0 });
  graph.outputNode('Concat', caches.v, 'out_n_layer_self_v_cache', { axis: 0 });
  if (looks.length !== alignmentHeads.length)
    throw new Error('config.json names alignment heads that model.bin does not have; they belong to different models');
  if (looks.length > 0) graph.outputNode('Concat', looks, 'cross_attention_weights', { axis: 1 });
  const lookDims = ['N', looks.length, 'n', 'frames'];

  const cacheDims = [decoderLayers, 'N', textContext, state];
  const crossDims = [decoderLayers, 'N', 'frames', state];
  return graph.parts({
    graphName: 'whisper-decoder',
    inputs: [
      { name: 'tokens', type: 'int64', dims: ['N', 'n'] },
      { name: 'in_n_layer_self_k_cache', type: 'float', dims: cacheDims },
      { name: 'in_n_layer_self_v_cache', type: 'float', dims: cacheDims },
      { name: 'n_layer_cross_k', type: 'float', dims: crossDims },
      { name: 'n_layer_cross_v', type: 'float', dims: crossDims },
      { name: 'offset', type: 'int64', dims: [1] },
    ],
    outputs: [
      { name: 'logits', type: 'float', dims: ['N', 'n', vocabulary] },
      { name: 'out_n_layer_self_k_cache', type: 'float', dims: cacheDims },
      { name: 'out_n_layer_self_v_cache', type: 'float', dims: cacheDims },
      ...(looks.length === 0 ? [] : [{ name: 'cross_attention_weights', type: 'float', dims: lookDims } as const]),
    ],
    metadata: {},
  });
}

/** The parts that encoder and decoder layers share. */
class Layers {
  readonly #graph: GraphBuilder;
  readonly #weights: WhisperWeights;

  constructor(graph: GraphBuilder, weights: WhisperWeights) {
    this.#graph = graph;
    this.#weights = weights;
  }

  norm(x: string, name: string): string {
    const { state } = this.#weights.sizes;
    const gamma = this.#weights.floats(this.#graph, `${name}/gamma`, [state]);
    const beta = this.#weights.floats(this.#graph, `${name}/beta`, [state]);
    return this.#graph.node('LayerNormalization', [x, gamma, beta], { axis: -1, epsilon: EPSILON });
  }

  linear(x: string, name: string, out: number, input: number): string {
    const weight = this.#weights.quantised(this.#graph, `${name}/weight`, [out, input]);
    const bias = this.#weights.floats(this.#graph, `${name}/bias`, [out]);
    return this.#graph.node('Add', [this.multiplied(x, weight), bias]);
  }

  /** x times an int8 matrix: x is quantised as it comes; onnxruntime fuses this pattern into one operator. */
  multiplied(x: string, weight: { readonly values: string; readonly scale: string }): string {
    const graph = this.#graph;
    const [quantised, scale, zeroPoint] = graph.nodeWithOutputs('DynamicQuantizeLinear', [x], 3) as [
      string,
      string,
      string,
    ];
    const product = graph.node('MatMulInteger', [quantised, weight.values, zeroPoint]);
    const scales = graph.node('Mul', [scale, weight.scale]);
    return graph.node('Mul', [graph.node('Cast', [product], { to: 1 }), scales]);
  }

  threeWays(x: string, name: string): [q: string, k: string, v: string] {
    const { state } = this.#weights.sizes;
    const all = this.linear(x, name, 3 * state, state);
    const sizes = this.#graph.integers([state, state, state]);
    return this.#graph.nodeWithOutputs('Split', [all, sizes], 3, { axis: 2 }) as [string, string, string];
  }

  /** x plus attention over [q, k, v], through the output projection. */
  attended(x: string, qkv: readonly [string, string, string], heads: number, output: string, mask = ''): string {
    const { state } = this.#weights.sizes;
    const inputs = mask === '' ? qkv : [...qkv, '', '', mask];
    const mixed = this.#graph.node('com.microsoft::MultiHeadAttention', inputs, { num_heads: heads });
    return this.#graph.node('Add', [x, this.linear(mixed, output, state, state)]);
  }

  /** For each head, how much each query is drawn to each key: [N, 1, queries, keys], before softmax. */
  scores(
    query: string,
    keys: string,
    { heads, of }: { readonly heads: readonly number[]; readonly of: number },
  ): string[] {
    const graph = this.#graph;
    const width = this.#weights.sizes.state / of;
    return heads
      .filter((head) => head < of)
      .map((head) => {
        const ends = [graph.integers([head * width]), graph.integers([(head + 1) * width]), graph.integers([2])];
        const [q, k] = [query, keys].map((whole) => graph.node('Slice', [whole, ...ends])) as [string, string];
        // Transposed as it is read: to turn the keys themselves round would copy them with each token.
        const scores = graph.node('com.microsoft::FusedMatMul', [q, k], {
          transB: 1,
          alpha: { float: 1 / Math.sqrt(width) },
        });
        return graph.node('Unsqueeze', [scores, graph.integers([1])]);
      });
  }

  feedForward(x: string, name: string): string {
    const { state } = this.#weights.sizes;
    const wide = this.linear(this.norm(x, `${name}/layer_norm`), `${name}/linear_0`, 4 * state, state);
    return this.#graph.node('Add', [
      x,
      this.linear(this.#graph.node('Gelu', [wide]), `${name}/linear_1`, state, 4 * state),
    ]);
  }
}

/** Row i forbids every column after i. */
function causalMask(size: number): Float32Array {
  const mask = new Float32Array(size * size);
  for (let row = 0; row < size; row++) mask.fill(MASKED, row * size + row + 1, (row + 1) * size);
  return mask;
}
