import { GatewayError } from '../../shared/errors.ts';

/** `data:[<type>][;…];base64,` at the start of a data URI; the type is not believed. */
const DATA_URI = /^data:[^,]{0,200}?;base64,/i;

/**
 * The bytes of a data URI or of bare base64 (either alphabet, padding optional, line breaks allowed).
 * Throws `invalid_media` for anything else.
 */
export function decodeBase64(text: string, param: string): Buffer {
  let payload = text;
  if (/^data:/i.test(text.slice(0, 5))) {
    const head = DATA_URI.exec(text.slice(0, 300));
    if (head === null) {
      throw new GatewayError(
        'invalid_media',
        `${param} is a data URI without base64; write it as data:<type>;base64,<data>`,
        { param },
      );
    }
    payload = text.slice(head[0].length);
  }
  const bytes = decodeStrictly(payload) ?? decodeStrictly(payload.replace(/[\r\n\t ]+/g, ''));
  if (bytes === null) {
    throw new GatewayError('invalid_media', `${param} is not valid base64; send the whole file, base64-encoded`, {
      param,
    });
  }
  return bytes;
}

/** Node skips what it cannot read, so the length tells whether everything was read. */
function decodeStrictly(payload: string): Buffer | null {
  let digits = payload.length;
  while (digits > 0 && payload.length - digits < 2 && payload.charCodeAt(digits - 1) === 0x3d) digits--;
  if (digits % 4 === 1) return null;
  const bytes = Buffer.from(payload, 'base64');
  return bytes.length === Math.floor((digits * 3) / 4) ? bytes : null;
}
