import { isUtf8 } from 'node:buffer';
import { RealtimeClientEvent } from '@concert/protocol';
import { GatewayError } from '../../shared/errors.ts';
import { checkJsonShape } from '../check-json-shape.ts';
import { parse } from '../parse.ts';

/** What came from a client: an event, or why it is none, with the id under which the client may look for that. */
export type ReadEvent =
  | { readonly kind: 'event'; readonly event: RealtimeClientEvent }
  | { readonly kind: 'refused'; readonly error: GatewayError; readonly eventId: string | null };

/** Reads one message of a client. */
export function readEvent(bytes: Buffer, isBinary: boolean): ReadEvent {
  let eventId: string | null = null;
  try {
    if (isBinary)
      throw new GatewayError('invalid_json', 'events are JSON in text messages; send sound as base64 in them');
    const value = parseJson(bytes);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new GatewayError('invalid_request', 'an event must be a JSON object with a type');
    const given = (value as { event_id?: unknown }).event_id;
    if (typeof given === 'string') eventId = given.slice(0, 512);
    return { kind: 'event', event: parse(RealtimeClientEvent, value) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { kind: 'refused', error, eventId };
  }
}

function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new GatewayError('invalid_json', 'the event is not valid UTF-8; encode it so');
  checkJsonShape(bytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new GatewayError('invalid_json', 'the event is not valid JSON', { cause });
  }
}
