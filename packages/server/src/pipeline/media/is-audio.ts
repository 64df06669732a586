/** Whether bytes begin as a recording does: wav, aiff, mp3, aac, flac, ogg, m4a/mp4, webm. The decoder says whether it is one. */
export function beginsLikeAudio(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 12));
  const mark = (start: number, end: number): string => head.toString('latin1', start, end);
  if (mark(0, 4) === 'RIFF') return mark(8, 12) === 'WAVE';
  if (mark(0, 4) === 'FORM') return mark(8, 11) === 'AIF';
  if (mark(0, 3) === 'ID3' || mark(4, 8) === 'ftyp' || mark(0, 4) === 'fLaC' || mark(0, 4) === 'OggS') return true;
  if (head.length < 4) return false;
  const word = head.readUInt32BE(0);
  return word === EBML || isMpegFrame(word) || (word & 0xfff60000) >>> 0 === ADTS;
}

/** What webm begins with. */
const EBML = 0x1a45dfa3;
/** Raw AAC: twelve set bits and layer 0. */
const ADTS = 0xfff00000;

/** MPEG audio, layer II or III (ISO 11172-3): eleven set bits, then a version that is not reserved. Layer I would be UTF-16's mark. */
function isMpegFrame(word: number): boolean {
  const layer = (word >>> 17) % 4;
  return word >>> 21 === 0x7ff && (word >>> 19) % 4 !== 1 && (layer === 1 || layer === 2);
}
