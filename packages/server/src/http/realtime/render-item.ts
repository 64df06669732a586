import { type Item, type ItemStatus, type Sound, transcriptOf } from './item.ts';
import type { ApiShape } from './render-session.ts';

/** An item as its client sees it, without its sound unless `sound` asks for it. */
export function renderItem(
  item: Item,
  shape: ApiShape,
  sound: 'without-sound' | 'with-sound' = 'without-sound',
): object {
  const base = { id: item.id, object: 'realtime.item' };
  const done: ItemStatus = 'completed';
  switch (item.kind) {
    case 'call': {
      const { callId, name, arguments: text, status } = item;
      return { ...base, type: 'function_call', status, name, call_id: callId, arguments: text };
    }
    case 'output':
      return { ...base, type: 'function_call_output', status: done, call_id: item.callId, output: item.output };
    case 'message': {
      const { role } = item;
      if (role === 'system')
        return { ...base, type: 'message', status: done, role, content: [{ type: 'input_text', text: item.text }] };
      if (role === 'user') {
        const content = item.parts.map((part) => {
          if (part.kind === 'text') return { type: 'input_text', text: part.text };
          if (part.kind === 'image') return { type: 'input_image', image_url: part.url };
          return renderSound(part.sound, sound === 'with-sound');
        });
        return { ...base, type: 'message', status: done, role, content };
      }
      const content = item.parts.map((part) => {
        if (part.kind === 'text') return { type: shape === 'ga' ? 'output_text' : 'text', text: part.text };
        const transcript = transcriptOf(part.pieces);
        return { type: shape === 'ga' ? 'output_audio' : 'audio', transcript };
      });
      return { ...base, type: 'message', status: item.status, role, content };
    }
    default:
      return item satisfies never;
  }
}

function renderSound({ hearing, bytes }: Sound, whole: boolean): object {
  const transcript = hearing.kind === 'heard' ? hearing.transcript : null;
  const audio = whole && bytes !== null ? { audio: Buffer.from(bytes).toString('base64') } : {};
  return { type: 'input_audio', transcript, ...audio };
}
