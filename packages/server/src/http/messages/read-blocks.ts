import type { MediaBlock, ToolResultBlock } from '@concert/protocol';
import type { InputMessage, InputPart } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { type MediaContext, readImage } from '../read-part.ts';

/** A block as parts of a turn, its picture fetched and checked. Throws what is wrong with it. */
export async function readBlock(block: MediaBlock, param: string, context: MediaContext): Promise<InputPart[]> {
  switch (block.type) {
    case 'text':
      return block.text === '' ? [] : [{ kind: 'text', text: block.text }];
    case 'image': {
      const { source } = block;
      if (source.type === 'base64') return [await readImage(source.data, `${param}.source.data`, context)];
      if (!/^https?:/i.test(source.url)) {
        throw new GatewayError('media_url_refused', `${param}.source.url must begin with https: or http:`, {
          param: `${param}.source.url`,
        });
      }
      return [await readImage(source.url, `${param}.source.url`, context)];
    }
    case 'document': {
      const lead = [block.title, block.context].filter((text) => typeof text === 'string' && text !== '').join('\n');
      const content = await readDocument(block.source, `${param}.source`, context);
      return lead === '' ? content : [{ kind: 'text', text: lead }, ...content];
    }
    case 'search_result': {
      const text = [block.title, block.source, ...block.content.map((piece) => piece.text)].join('\n');
      return [{ kind: 'text', text }];
    }
    default:
      return block satisfies never;
  }
}

/** Several blocks in order; they are fetched at the same time. */
async function readBlocks(blocks: readonly MediaBlock[], param: string, context: MediaContext): Promise<InputPart[]> {
  return (await Promise.all(blocks.map((block, at) => readBlock(block, `${param}.${at}`, context)))).flat();
}

async function readDocument(
  source: Extract<MediaBlock, { type: 'document' }>['source'],
  param: string,
  context: MediaContext,
): Promise<InputPart[]> {
  switch (source.type) {
    case 'text':
      return [{ kind: 'text', text: source.data }];
    case 'content':
      return typeof source.content === 'string'
        ? [{ kind: 'text', text: source.content }]
        : readBlocks(source.content, `${param}.content`, context);
    case 'base64':
    case 'url':
      throw new GatewayError(
        'unsupported_value',
        'PDF documents are not read here; send their text as a document of type text, or their pages as images',
        { param: `${param}.type` },
      );
    default:
      return source satisfies never;
  }
}

/** The result of a call as a turn of its own. A failed one says so in its first words, for no template can. */
export async function readToolResult(
  block: ToolResultBlock,
  param: string,
  context: MediaContext,
): Promise<InputMessage> {
  const content = block.content ?? '';
  const parts =
    typeof content === 'string' ? [textPart(content)] : await readBlocks(content, `${param}.content`, context);
  return {
    role: 'tool',
    parts: block.is_error === true ? [textPart('Error:'), ...parts] : parts,
    toolCallId: block.tool_use_id,
  };
}

function textPart(text: string): InputPart {
  return { kind: 'text', text };
}
