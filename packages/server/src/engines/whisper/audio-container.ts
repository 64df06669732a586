/** How a piece of audio is packed; the names are audio-decode's. */
export type AudioContainer = 'wav' | 'mp3' | 'aac' | 'oga' | 'opus' | 'flac' | 'm4a' | 'webm' | 'aiff';

/** What callers may send, as shown in errors. */
export const ACCEPTED_AUDIO = 'wav, mp3, m4a, aac, ogg, opus, flac, webm or aiff';

/** Longest prefix that is searched for the codec's name in an Ogg file. */
const OGG_HEAD = 512;

/** The container by the file's first bytes, or null when it is none that is accepted. */
export function audioContainer(bytes: Uint8Array): AudioContainer | null {
  const text = (start: number, end: number): string => String.fromCharCode(...bytes.subarray(start, end));
  const head = text(0, 4);
  if ((head === 'RIFF' || head === 'RF64') && text(8, 12) === 'WAVE') return 'wav';
  if (head === 'FORM' && (text(8, 12) === 'AIFF' || text(8, 12) === 'AIFC')) return 'aiff';
  if (head === 'fLaC') return 'flac';
  if (head === 'OggS') {
    const codecs = text(0, OGG_HEAD);
    if (codecs.includes('OpusHead')) return 'opus';
    return codecs.includes('\x7fFLAC') ? 'flac' : 'oga';
  }
  if (text(4, 8) === 'ftyp') return 'm4a';
  if (head === '\x1aE\xdf\xa3') return 'webm';
  if (head.startsWith('ID3')) return afterId3(bytes);
  return mpegFrame(bytes, 0);
}

/** ID3v2: six bytes, then the tag's size in four bytes of seven bits; a footer is not used in front of audio. */
function afterId3(bytes: Uint8Array): AudioContainer | null {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(6, 10);
  const start = 10 + ((a << 21) | (b << 14) | (c << 7) | d);
  if (String.fromCharCode(...bytes.subarray(start, start + 4)) === 'fLaC') return 'flac';
  return mpegFrame(bytes, start) ?? 'mp3';
}

/** MPEG audio and ADTS frames start with eleven or twelve set bits; layer 0 means ADTS. */
function mpegFrame(bytes: Uint8Array, at: number): 'mp3' | 'aac' | null {
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  if (first !== 0xff) return null;
  if ((second & 0xf6) === 0xf0) return 'aac';
  const isMpeg = (second & 0xe0) === 0xe0 && (second & 0x18) !== 0x08 && (second & 0x06) !== 0;
  const hasRates = (third & 0xf0) !== 0xf0 && (third & 0x0c) !== 0x0c;
  return isMpeg && hasRates ? 'mp3' : null;
}
