import { Template } from '@huggingface/jinja';
import { GatewayError } from '../../shared/errors.ts';
import { type ChatMessage, contentText, type ToolDefinition } from '../engine.ts';
import { CALL_OPEN } from './tools/hermes.ts';
import { alternation, HiddenTexts, type PromptPiece } from './tools/hidden-texts.ts';
import { type PlainMessage, statedTool, tellTools } from './tools/tell-tools.ts';
import { type ArgumentsForm, type TemplateMessage, templateMessages } from './tools/template-messages.ts';

export type { PromptPiece } from './tools/hidden-texts.ts';

export interface ChatTemplateOptions {
  /** Jinja source, as the weights carry it. */
  readonly source: string;
  /** Texts of the vocabulary's control tokens, such as `<|im_start|>`. */
  readonly controlTexts: readonly string[];
  /** Texts of other tokens that mean something to the model, such as `<tool_call>`: only templates and the model itself write them. */
  readonly tagTexts?: readonly string[];
  /** `words`: functions are never left to the template. */
  readonly toolPrompt?: 'template' | 'words';
  readonly beginText: string;
  readonly endText: string;
}

/** What a conversation is rendered with besides its messages. */
export interface RenderOptions {
  readonly tools?: readonly ToolDefinition[];
  /** Variables of the caller's for the template. */
  readonly variables?: Readonly<Record<string, boolean | string | number>>;
}

interface SafeOptions {
  readonly tools: readonly ToolDefinition[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly guard: (value: unknown) => unknown;
}

/** What a probe looks for in what the template makes of it. */
const PROBE = { name: 'probe_function', key: 'probe_key', result: 'probe_result' };
const PROBE_TOOL: ToolDefinition = {
  name: PROBE.name,
  description: null,
  parameters: { type: 'object', properties: {} },
  strict: false,
};
const PROBE_HISTORY: readonly ChatMessage[] = [
  { role: 'user', content: 'probe' },
  {
    role: 'assistant',
    content: '',
    toolCalls: [{ id: 'probe00id', name: PROBE.name, arguments: `{"${PROBE.key}":1}` }],
  },
  { role: 'tool', content: PROBE.result, toolCallId: 'probe00id' },
];

/**
 * Renders a conversation with the model's own template so that nothing a message, a function's description, an argument or a result says
 * can become a control token: control texts inside them are put through the template as unguessable marks and come back as `plain`
 * pieces. All other text is rendered and later tokenised exactly as it would be without this. Functions are stated by the template where
 * it knows how, in the form that `tools/hermes.ts` names, and else in the system message.
 */
export class ChatTemplate {
  readonly #template: Template;
  /** What is hidden in text that an assistant wrote, and in all other. */
  readonly #control: RegExp | null;
  readonly #meaningful: RegExp | null;
  readonly #options: ChatTemplateOptions;
  /** Undefined until it is asked for the first time; null: the template can't state functions. */
  #callForm: ArgumentsForm | null | undefined;

  constructor(options: ChatTemplateOptions) {
    this.#template = new Template(options.source);
    this.#options = options;
    const tags = options.tagTexts ?? [];
    this.#control = alternation(options.controlTexts);
    this.#meaningful = alternation([...options.controlTexts, ...tags]);
    if (options.toolPrompt === 'words') this.#callForm = null;
  }

  /** The prompt up to where the assistant begins to write. Throws `invalid_request` when the template refuses the messages. */
  render(messages: readonly ChatMessage[], { tools = [], variables = {} }: RenderOptions = {}): readonly PromptPiece[] {
    const hidden = new HiddenTexts();
    const safeMessages = messages.map((message) => this.#hideIn(message, hidden));
    const safeTools = tools.map((tool) => hidden.hideWithin(tool, this.#meaningful) as ToolDefinition);
    const { tools: _tools, ...others } = variables;
    const safeVariables = hidden.hideWithin(others, this.#meaningful) as Record<string, unknown>;
    // Escapes of JSON can spell what no text showed before they were read.
    const guard = (value: unknown): unknown => hidden.hideWithin(value, this.#meaningful);
    return hidden.reveal(this.#render(safeMessages, { tools: safeTools, variables: safeVariables, guard }));
  }

  #render(messages: readonly ChatMessage[], { tools, variables, guard }: SafeOptions): string {
    const calls =
      tools.length > 0 || messages.some(({ role, toolCalls }) => role === 'tool' || toolCalls !== undefined);
    const form = calls ? this.#formOfCalls() : 'object';
    try {
      return form === null
        ? // As words: a model whose template knows no functions was not trained on tokens for their tags.
          this.#fill(guard(tellTools(messages, tools)) as PlainMessage[], [], variables)
        : this.#fill(templateMessages(messages, form, guard), tools, variables);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new GatewayError('invalid_request', `this model's chat template does not take these messages: ${reason}`, {
        param: 'messages',
        cause,
      });
    }
  }

  #fill(messages: readonly TemplateMessage[], tools: readonly ToolDefinition[], variables: object): string {
    return this.#template.render({
      ...variables,
      messages,
      ...(tools.length > 0 && { tools: tools.map(statedTool) }),
      add_generation_prompt: true,
      bos_token: this.#options.beginText,
      eos_token: this.#options.endText,
    });
  }

  #formOfCalls(): ArgumentsForm | null {
    if (this.#callForm === undefined) this.#callForm = this.#probe();
    return this.#callForm;
  }

  /** Whether the template states functions, calls and results in the form that answers are read in, and how it wants arguments. */
  #probe(): ArgumentsForm | null {
    for (const form of ['object', 'text'] as const) {
      try {
        const text = this.#fill(
          templateMessages(PROBE_HISTORY, form, (value) => value),
          [PROBE_TOOL],
          {},
        );
        const states = text.indexOf(PROBE.name) < text.lastIndexOf(PROBE.name) && text.includes(CALL_OPEN);
        if (states && text.includes(`"${PROBE.key}"`) && text.includes(PROBE.result)) return form;
      } catch {
        // A template that knows no functions may refuse the roles: then it is told in words.
      }
    }
    return null;
  }

  #hideIn(message: ChatMessage, hidden: HiddenTexts): ChatMessage {
    const { role, content, toolCalls, toolCallId, reasoning } = message;
    const own = role === 'assistant' ? this.#control : this.#meaningful;
    return {
      role,
      content: hidden.hide(contentText(content), own),
      ...(reasoning !== undefined && { reasoning: hidden.hide(reasoning, own) }),
      ...(toolCallId !== undefined && { toolCallId: hidden.hide(toolCallId, this.#meaningful) }),
      ...(toolCalls !== undefined &&
        toolCalls.length > 0 && {
          toolCalls: toolCalls.map((call) => ({
            id: hidden.hide(call.id, this.#meaningful),
            name: hidden.hide(call.name, this.#meaningful),
            arguments: hidden.hide(call.arguments, this.#meaningful),
          })),
        }),
    };
  }
}

const THINKING_TAG = /(<\/?think>)/;

/** The pieces of a text with which an answer begins: its thinking tags are what the model itself would write, all else is words. */
export function prefillPieces(text: string): readonly PromptPiece[] {
  return text
    .split(THINKING_TAG)
    .map((part): PromptPiece => ({ kind: THINKING_TAG.test(part) ? 'template' : 'plain', text: part }))
    .filter((piece) => piece.text !== '');
}
