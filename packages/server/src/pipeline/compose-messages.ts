import { type ChatMessage, type ContentPart, contentText } from '../engines/engine.ts';
import { promptLanguage, type PromptLanguage } from './language.ts';
import { type Persona, personaPrompt } from './persona.ts';
import type { InputMessage } from './request.ts';
import { fillTemplates, type FoundMedia, type Templates } from './templates.ts';

export interface ComposeOptions {
  readonly templates: Templates;
  /** Null: the model speaks as itself. */
  readonly persona: Persona | null;
  /** Whether the answer may call functions. */
  readonly tools: boolean;
  /** Whether the model is given the pictures themselves, because it sees. */
  readonly seesPictures: boolean;
}

/**
 * The messages a chat model gets: what was found in media stands in the caller's words by the templates, pictures that the model
 * sees itself stay where the caller put them, the persona leads unless the caller brought a system message, and a notice says that
 * media text is data.
 */
export function composeMessages(
  messages: readonly InputMessage[],
  found: readonly FoundMedia[],
  options: ComposeOptions,
): ChatMessage[] {
  const language = languageOf(messages, found);
  const composed: ChatMessage[] = messages.map((message, index) => {
    const { role, toolCalls, toolCallId, reasoning } = message;
    return {
      role,
      content: contentOf(message, found[index], options, language),
      ...(toolCalls !== undefined && { toolCalls }),
      ...(toolCallId !== undefined && { toolCallId }),
      ...(reasoning !== undefined && { reasoning }),
    };
  });
  const hasMedia = found.some((media) => media.pictures.length > 0 || media.recordings.length > 0);
  const persona =
    options.persona === null || messages.some((message) => message.role === 'system')
      ? null
      : personaPrompt(options.persona, language, options.tools);
  const lead = [persona, hasMedia ? options.templates[language].data_notice : null]
    .filter((text) => text !== null)
    .join('\n');
  if (lead === '') return composed;
  const first = composed[0];
  if (first?.role === 'system')
    return [{ role: 'system', content: `${contentText(first.content)}\n${lead}` }, ...composed.slice(1)];
  return [{ role: 'system', content: lead }, ...composed];
}

function contentOf(
  message: InputMessage,
  media: FoundMedia | undefined,
  options: ComposeOptions,
  language: PromptLanguage,
): ChatMessage['content'] {
  const found = media ?? { pictures: [], recordings: [] };
  const foundNothing = found.pictures.length === 0 && found.recordings.length === 0;
  const words = foundNothing ? textOf(message) : fillTemplates(options.templates, language, textOf(message), found);
  const seen = options.seesPictures && message.parts.some((part) => part.kind === 'image');
  return seen ? partsOf(message, foundNothing ? null : words) : words;
}

/** The parts in the caller's order. Where `words` hold a transcript, they stand for all text and come after the pictures. */
function partsOf(message: InputMessage, words: string | null): ContentPart[] {
  const parts = message.parts.flatMap((part): ContentPart[] => {
    if (part.kind === 'image') return [part];
    return part.kind === 'text' && words === null && part.text !== '' ? [part] : [];
  });
  return words === null || words === '' ? parts : [...parts, { kind: 'text', text: words }];
}

function textOf(message: InputMessage): string {
  return message.parts
    .map((part) => (part.kind === 'text' ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n');
}

/** The language of the caller's last words, else of what they said, else of what their picture says. */
function languageOf(messages: readonly InputMessage[], found: readonly FoundMedia[]): PromptLanguage {
  const last = messages.findLastIndex((message) => message.role === 'user');
  const message = messages[last];
  const media = found[last];
  const candidates = [
    message === undefined ? '' : textOf(message),
    media?.recordings.join('\n') ?? '',
    media?.pictures.join('\n') ?? '',
  ];
  return promptLanguage(candidates.find((text) => text.trim() !== '') ?? '');
}
