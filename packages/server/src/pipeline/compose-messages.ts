import type { ChatMessage } from '../engines/engine.ts';
import { promptLanguage, type PromptLanguage } from './language.ts';
import { type Persona, personaPrompt } from './persona.ts';
import type { InputMessage } from './request.ts';
import { fillTemplates, type FoundMedia, type Templates } from './templates.ts';

export interface ComposeOptions {
  readonly templates: Templates;
  /** Null: the model speaks as itself. */
  readonly persona: Persona | null;
}

/**
 * The messages a text model gets: what was found in media stands in the caller's words by the templates, the persona leads
 * unless the caller brought a system message, and a notice says that media text is data.
 */
export function composeMessages(
  messages: readonly InputMessage[],
  found: readonly FoundMedia[],
  options: ComposeOptions,
): ChatMessage[] {
  const language = languageOf(messages, found);
  const composed: ChatMessage[] = messages.map((message, index) => ({
    role: message.role,
    content: contentOf(message, found[index], options.templates, language),
  }));
  const hasMedia = found.some((media) => media.pictures.length > 0 || media.recordings.length > 0);
  const persona =
    options.persona === null || messages.some((message) => message.role === 'system')
      ? null
      : personaPrompt(options.persona, language);
  const lead = [persona, hasMedia ? options.templates[language].data_notice : null]
    .filter((text) => text !== null)
    .join('\n');
  if (lead === '') return composed;
  const first = composed[0];
  if (first?.role === 'system') return [{ role: 'system', content: `${first.content}\n${lead}` }, ...composed.slice(1)];
  return [{ role: 'system', content: lead }, ...composed];
}

function contentOf(
  message: InputMessage,
  media: FoundMedia | undefined,
  templates: Templates,
  language: PromptLanguage,
): string {
  const text = textOf(message);
  if (media === undefined || (media.pictures.length === 0 && media.recordings.length === 0)) return text;
  return fillTemplates(templates, language, text, media);
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
