import type { InputMessage, InputPart } from '../../pipeline/request.ts';
import { type AssistantItem, type Item, transcriptOf, type UserItem } from './item.ts';

/**
 * A conversation as the model is given it: what users said in their own words, what they heard of the answers, and each answer's calls
 * in one turn with it. Messages that say nothing are left out.
 */
export function toMessages(items: readonly Item[]): InputMessage[] {
  const messages: InputMessage[] = [];
  for (const item of items) {
    if (item.kind === 'call') {
      const call = { id: item.callId, name: item.name, arguments: item.arguments };
      const last = messages.at(-1);
      if (last?.role === 'assistant')
        messages[messages.length - 1] = { ...last, toolCalls: [...(last.toolCalls ?? []), call] };
      else messages.push({ role: 'assistant', parts: [], toolCalls: [call] });
    } else if (item.kind === 'output') {
      messages.push({ role: 'tool', toolCallId: item.callId, parts: [{ kind: 'text', text: item.output }] });
    } else {
      const parts = partsOf(item);
      if (parts.length > 0) messages.push({ role: item.role, parts });
    }
  }
  return messages;
}

function partsOf(item: Extract<Item, { kind: 'message' }>): InputPart[] {
  switch (item.role) {
    case 'system':
      return textParts([item.text]);
    case 'assistant':
      return textParts([answerText(item)]);
    case 'user':
      return userParts(item);
    default:
      return item satisfies never;
  }
}

/** What was heard of an answer that was broken off; else what was written, so that the model finds its own words again. */
function answerText(item: AssistantItem): string {
  return item.parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      return part.truncated || item.status === 'incomplete' ? transcriptOf(part.pieces) : part.written;
    })
    .join('');
}

function userParts(item: UserItem): InputPart[] {
  return item.parts.flatMap((part): InputPart[] => {
    if (part.kind === 'image') return [part.image];
    if (part.kind === 'text') return textParts([part.text]);
    return part.sound.hearing.kind === 'heard' ? textParts([part.sound.hearing.transcript]) : [];
  });
}

function textParts(texts: readonly string[]): InputPart[] {
  return texts.filter((text) => text.trim() !== '').map((text) => ({ kind: 'text', text }));
}
