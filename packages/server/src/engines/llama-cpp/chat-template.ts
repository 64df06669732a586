import { randomUUID } from 'node:crypto';
import { Template } from '@huggingface/jinja';
import { GatewayError } from '../../shared/errors.ts';
import { type ChatMessage, contentText } from '../engine.ts';

/** A stretch of the prompt. Control tokens are recognised only in `template` stretches. */
export interface PromptPiece {
  readonly kind: 'template' | 'plain';
  readonly text: string;
}

export interface ChatTemplateOptions {
  /** Jinja source, as the weights carry it. */
  readonly source: string;
  /** Texts of the vocabulary's control tokens, such as `<|im_start|>`. */
  readonly controlTexts: readonly string[];
  readonly beginText: string;
  readonly endText: string;
}

/**
 * Renders a conversation with the model's own template so that nothing a message says can become a control token: control
 * texts inside messages are put through the template as unguessable marks and come back as `plain` pieces. All other text
 * is rendered and later tokenised exactly as it would be without this.
 */
export class ChatTemplate {
  readonly #template: Template;
  readonly #control: RegExp | null;
  readonly #options: ChatTemplateOptions;

  constructor(options: ChatTemplateOptions) {
    this.#template = new Template(options.source);
    this.#options = options;
    this.#control = alternation(options.controlTexts);
  }

  /** The prompt up to where the assistant begins to write. Throws `invalid_request` when the template refuses the messages. */
  render(messages: readonly ChatMessage[]): readonly PromptPiece[] {
    const nonce = randomUUID();
    const hidden: string[] = [];
    const hide = (text: string): string => `${MARK_START}${nonce}.${hidden.push(text) - 1}${MARK_END}`;
    const control = this.#control;
    const safe = messages.map(({ role, content }) => {
      const text = contentText(content);
      return { role, content: control === null ? text : text.replace(control, hide) };
    });
    const text = this.#render(safe);
    return splitAtMarks(text, new RegExp(`${MARK_START}${nonce}\\.(\\d+)${MARK_END}`, 'u'), hidden);
  }

  #render(messages: readonly { readonly role: string; readonly content: string }[]): string {
    try {
      return this.#template.render({
        messages,
        add_generation_prompt: true,
        bos_token: this.#options.beginText,
        eos_token: this.#options.endText,
      });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new GatewayError('invalid_request', `this model's chat template does not take these messages: ${reason}`, {
        param: 'messages',
        cause,
      });
    }
  }
}

/** Private-use characters: they survive every filter that templates apply, and the nonce between them can't be guessed. */
const MARK_START = '\u{F0001}';
const MARK_END = '\u{F0002}';

/** One expression for all texts, longest first; null when there are none. */
function alternation(texts: readonly string[]): RegExp | null {
  const escaped = texts
    .filter((text) => text !== '')
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return escaped.length === 0 ? null : new RegExp(escaped.join('|'), 'g');
}

/** Text between marks is the template's; every mark stands for the hidden text with its number. */
function splitAtMarks(text: string, mark: RegExp, hidden: readonly string[]): readonly PromptPiece[] {
  const pieces: PromptPiece[] = [];
  // `split` with a group yields text and numbers in turn.
  for (const [index, part] of text.split(mark).entries()) {
    const piece: PromptPiece =
      index % 2 === 0 ? { kind: 'template', text: part } : { kind: 'plain', text: hidden[Number(part)] ?? '' };
    if (piece.text !== '') pieces.push(piece);
  }
  return pieces;
}
