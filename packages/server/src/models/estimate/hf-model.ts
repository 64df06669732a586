import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { ChatShape } from './chat-shape.ts';
import { readSafetensors } from './safetensors.ts';

const positive = z.int().min(1).max(1e9);

/** The numbers of a language model in `config.json`, by Transformers' names. */
const TextConfig = z.object({
  hidden_size: positive,
  num_hidden_layers: z.int().min(1).max(4_096),
  num_attention_heads: positive,
  num_key_value_heads: positive.nullish(),
  head_dim: positive.nullish(),
  intermediate_size: positive.nullish(),
  vocab_size: positive,
  max_position_embeddings: positive.nullish(),
});

/** Models that also see keep the language model's numbers in `text_config`, or beside those of the encoder. */
const Config = z.object({ text_config: TextConfig.nullish() }).loose();

const LARGEST_CONFIG_BYTES = 4 * 2 ** 20;
/** How the weights of picture and sound encoders are named. */
const ENCODER_WEIGHTS =
  /^(model\.)?(visual|vision|vision_tower|vision_model|audio_tower|multi_modal_projector|mm_projector)\./;

/**
 * The shape of a model in Hugging Face's layout: `config.json` and safetensors files, by absolute path. Throws an Error that says what is
 * wrong with a file.
 */
export async function shapeOfHfModel(configPath: string, safetensorsPaths: readonly string[]): Promise<ChatShape> {
  const text = await readTextConfig(configPath);
  const tensors = (await Promise.all(safetensorsPaths.map(readSafetensors))).flat();
  const bytesOf = (isEncoder: boolean): number =>
    tensors.filter(({ name }) => ENCODER_WEIGHTS.test(name) === isEncoder).reduce((sum, { bytes }) => sum + bytes, 0);
  const headLength = text.head_dim ?? text.hidden_size / text.num_attention_heads;
  const kvHeads = text.num_key_value_heads ?? text.num_attention_heads;
  return {
    weightBytes: bytesOf(false),
    encoderBytes: bytesOf(true),
    hiddenSize: text.hidden_size,
    feedForwardSize: text.intermediate_size ?? 4 * text.hidden_size,
    attentionHeads: text.num_attention_heads,
    kvHeads: Array.from({ length: text.num_hidden_layers }, () => kvHeads),
    keyLength: headLength,
    valueLength: headLength,
    vocabularyTokens: text.vocab_size,
    contextTokens: text.max_position_embeddings ?? null,
  };
}

async function readTextConfig(path: string): Promise<z.infer<typeof TextConfig>> {
  if ((await stat(path)).size > LARGEST_CONFIG_BYTES)
    throw new Error('config.json is larger than 4 MiB: that is no model configuration');
  let values: unknown;
  try {
    values = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new Error('config.json is no JSON; pull the model again', { cause: error });
  }
  const outer = Config.safeParse(values);
  const text = (outer.success ? outer.data.text_config : null) ?? values;
  const parsed = TextConfig.safeParse(text);
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Error(`config.json describes no language model: ${missing} is not as it should be`);
}
