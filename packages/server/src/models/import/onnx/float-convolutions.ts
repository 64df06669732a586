import {
  fieldHead,
  GRAPH,
  type GraphNode,
  MODEL_GRAPH,
  type MessageField,
  readFields,
  readNode,
  tensorName,
  valueName,
  writeNode,
} from './graph-fields.ts';

/** A node with its encoded field. */
interface PlacedNode extends GraphNode {
  readonly raw: Uint8Array;
}

/** What a convolution in integers consists of, found from its first node on. */
interface IntegerConvolution {
  readonly convolution: GraphNode;
  /** The float input before it was quantised. */
  readonly input: string;
  /** The weights' scale. */
  readonly scale: string;
  /** The float bias; null without one. */
  readonly bias: string | null;
  /** The node that makes the float result: its place is taken. */
  readonly last: GraphNode;
}

/**
 * Replaces each DynamicQuantizeLinear → ConvInteger → (Add bias) → Cast → Mul by DequantizeLinear(weights) → Conv, and drops the
 * nodes, initializers and value descriptions that nothing uses any more. Gives the new ModelProto as pieces to be written one
 * after the other, and how many convolutions were replaced. Everything else is copied byte for byte, so the same model gives
 * the same bytes. Throws an Error where a convolution is built in another way.
 */
export function useFloatConvolutions(model: Uint8Array): { fields: Uint8Array[]; replaced: number } {
  const pieces: Uint8Array[] = [];
  let replaced = 0;
  for (const field of readFields(model)) {
    if (field.number !== MODEL_GRAPH || field.value === null) {
      pieces.push(field.raw);
      continue;
    }
    const graph = rewriteGraph(readFields(field.value));
    replaced += graph.replaced;
    const bytes = graph.pieces.reduce((sum, piece) => sum + piece.length, 0);
    pieces.push(fieldHead(MODEL_GRAPH, bytes), ...graph.pieces);
  }
  return { fields: pieces, replaced };
}

function rewriteGraph(fields: readonly MessageField[]): { pieces: Uint8Array[]; replaced: number } {
  const nodes = fields.flatMap((field) =>
    field.number === GRAPH.node && field.value !== null ? [{ ...readNode(field.value), raw: field.raw }] : [],
  );
  const found = findIntegerConvolutions(nodes);
  const byLast = new Map(found.map((convolution) => [convolution.last, convolution]));
  const rewritten = nodes.flatMap((node) => {
    const convolution = byLast.get(node);
    return convolution === undefined ? [node] : floatConvolution(convolution);
  });
  const outputs = fields.flatMap((field) =>
    field.number === GRAPH.output && field.value !== null ? [valueName(field.value)] : [],
  );
  const kept = keepUsed(rewritten, outputs);
  const used = new Set([...outputs, ...kept.flatMap((node) => [...node.inputs, ...node.outputs])]);
  const others = fields.filter(({ number, value }) => {
    if (value === null || number === GRAPH.node) return number !== GRAPH.node;
    if (number === GRAPH.initializer) return used.has(tensorName(value));
    return number !== GRAPH.valueInfo || used.has(valueName(value));
  });
  return { pieces: [...kept, ...others].map(({ raw }) => raw), replaced: found.length };
}

function findIntegerConvolutions(nodes: readonly GraphNode[]): IntegerConvolution[] {
  const maker = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const users = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) users.set(input, [...(users.get(input) ?? []), node]);
  }
  const onlyUser = (node: GraphNode): GraphNode => {
    const found = users.get(node.outputs[0] ?? '') ?? [];
    const [user] = found;
    if (user === undefined || found.length !== 1) throw unknownShape(node);
    return user;
  };
  const madeBy = (value: string | undefined, opType: string): GraphNode => {
    const node = maker.get(value ?? '');
    if (node?.opType !== opType) throw new Error(`the model's value ${value} is not made by ${opType}`);
    return node;
  };

  const describe = (convolution: GraphNode): IntegerConvolution => {
    let next = onlyUser(convolution);
    let bias: string | null = null;
    if (next.opType === 'Add') {
      bias = floatBias(otherInput(next, convolution), madeBy);
      next = onlyUser(next);
    }
    if (next.opType !== 'Cast') throw unknownShape(convolution);
    const last = onlyUser(next);
    if (last.opType !== 'Mul') throw unknownShape(convolution);
    const quantised = madeBy(convolution.inputs[0], 'DynamicQuantizeLinear');
    const scales = madeBy(otherInput(last, next), 'Mul').inputs;
    const scale = scales.find((name) => name !== quantised.outputs[1]);
    const input = quantised.inputs[0];
    if (scale === undefined || input === undefined || !scales.includes(quantised.outputs[1] ?? ''))
      throw unknownShape(convolution);
    return { convolution, input, scale, bias, last };
  };
  return nodes.filter((node) => node.opType === 'ConvInteger').map(describe);
}

/** The bias was quantised with Div → Floor → Cast → Reshape; its float form is what was divided. */
function floatBias(quantised: string, madeBy: (value: string | undefined, opType: string) => GraphNode): string {
  const chain = ['Reshape', 'Cast', 'Floor', 'Div'];
  const bias = chain.reduce<string | undefined>((value, opType) => madeBy(value, opType).inputs[0], quantised);
  if (bias === undefined) throw new Error('the model has a bias without a value');
  return bias;
}

function otherInput(node: GraphNode, known: GraphNode): string {
  const other = node.inputs.find((input) => !known.outputs.includes(input));
  if (other === undefined) throw unknownShape(node);
  return other;
}

const unknownShape = (node: GraphNode): Error =>
  new Error(
    `the model's ${node.opType} ${node.name} is not a quantised convolution as onnxruntime's quantiser writes it`,
  );

function floatConvolution({ convolution, input, scale, bias, last }: IntegerConvolution): PlacedNode[] {
  const [, weights = '', , zeroPoint = ''] = convolution.inputs;
  const floatWeights = `${convolution.outputs[0]}_float_weights`;
  const dequantise: GraphNode = {
    opType: 'DequantizeLinear',
    name: `${convolution.name}_float_weights`,
    inputs: [weights, scale, zeroPoint],
    outputs: [floatWeights],
    attributes: [],
  };
  const float: GraphNode = {
    opType: 'Conv',
    name: `${convolution.name}_float`,
    inputs: bias === null ? [input, floatWeights] : [input, floatWeights, bias],
    outputs: last.outputs,
    attributes: convolution.attributes,
  };
  return [dequantise, float].map((node) => ({ ...node, raw: writeNode(node) }));
}

/** The nodes on whose results the outputs depend, in their order. */
function keepUsed(nodes: readonly PlacedNode[], outputs: readonly string[]): PlacedNode[] {
  const wanted = new Set(outputs);
  // Nodes are sorted so that each stands after those it depends on (a rule of ONNX).
  return nodes
    .toReversed()
    .filter((node) => {
      const used = node.outputs.some((output) => wanted.has(output));
      if (used) for (const input of node.inputs) wanted.add(input);
      return used;
    })
    .toReversed();
}
