import { z } from 'zod';
import type { WhisperSizes } from './whisper-weights.ts';

/** What of `config.json` is needed. */
export const WhisperConfig = z.object({
  lang_ids: z.array(z.int().nonnegative()),
  suppress_ids: z.array(z.int().nonnegative()),
  /** Heads of the decoder's cross-attention, as layer and head, that look where in the sound a word is; none: it is not known. */
  alignment_heads: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).default([]),
});
export type WhisperConfig = z.infer<typeof WhisperConfig>;

/**
 * The text tokens in tiktoken's form, "<base64 of the bytes> <id>" a line, from a vocabulary in GPT-2's spelling (one
 * token a line, bytes written as printable characters). The special tokens from <|endoftext|> on are left out.
 */
export function tiktokenLines(vocabulary: readonly string[]): string {
  const bytes = bytesByCharacter();
  let text = '';
  for (let id = 0; id < specialToken(vocabulary, '<|endoftext|>'); id++) {
    const token = vocabulary[id] as string;
    const raw = Array.from(token, (character) => {
      const byte = bytes.get(character);
      if (byte === undefined)
        throw new Error(`vocabulary.txt is corrupt: line ${id + 1} has the character "${character}"`);
      return byte;
    });
    // A line needs a first word; sherpa-onnx reads "=" as no bytes.
    text += `${raw.length === 0 ? '=' : Buffer.from(raw).toString('base64')} ${id}\n`;
  }
  return text;
}

/** The metadata that sherpa-onnx reads from a Whisper encoder. */
export function whisperMetadata(
  vocabulary: readonly string[],
  config: WhisperConfig,
  sizes: WhisperSizes,
): Record<string, string> {
  const special = (...names: string[]): number => specialToken(vocabulary, ...names);
  const sot = special('<|startoftranscript|>');
  const transcribe = special('<|transcribe|>');
  const languages = config.lang_ids.map((id) => {
    const code = /^<\|([a-z]{2,3})\|>$/.exec(vocabulary[id] ?? '')?.[1];
    if (code === undefined) throw new Error(`config.json calls token ${id} a language, which vocabulary.txt does not`);
    return code;
  });
  const firstLanguage = config.lang_ids[0];
  if (firstLanguage === undefined)
    throw new Error('config.json names no languages; only multilingual models can be imported');
  return {
    model_type: 'whisper',
    version: '1',
    n_mels: String(sizes.mels),
    n_audio_ctx: String(sizes.audioContext),
    n_audio_state: String(sizes.state),
    n_audio_head: String(sizes.encoderHeads),
    n_audio_layer: String(sizes.encoderLayers),
    n_text_ctx: String(sizes.textContext),
    n_text_state: String(sizes.state),
    n_text_head: String(sizes.decoderHeads),
    n_text_layer: String(sizes.decoderLayers),
    n_vocab: String(sizes.vocabulary),
    sot_sequence: [sot, firstLanguage, transcribe].join(),
    all_language_tokens: config.lang_ids.join(),
    all_language_codes: languages.join(),
    sot: String(sot),
    sot_index: '0',
    eot: String(special('<|endoftext|>')),
    blank_id: String(special('Ġ')),
    is_multilingual: '1',
    no_speech: String(special('<|nocaptions|>', '<|nospeech|>')),
    non_speech_tokens: config.suppress_ids.join(),
    transcribe: String(transcribe),
    translate: String(special('<|translate|>')),
    sot_prev: String(special('<|startofprev|>')),
    sot_lm: String(special('<|startoflm|>')),
    no_timestamps: String(special('<|notimestamps|>')),
  };
}

/** The id of the first of these tokens that the vocabulary has. */
function specialToken(vocabulary: readonly string[], ...names: string[]): number {
  for (const name of names) {
    const id = vocabulary.indexOf(name);
    if (id >= 0) return id;
  }
  throw new Error(`vocabulary.txt lacks the token ${names.join(' or ')}; it is not a Whisper vocabulary`);
}

/** GPT-2's printable spelling of bytes: printable Latin-1 stands for itself, the other bytes are U+0100 on, in order. */
function bytesByCharacter(): Map<string, number> {
  const bytes = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    bytes.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return bytes;
}
