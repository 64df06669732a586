/** Tone marks of Kokoro v1.0's vocabulary; the neutral tone has none. */
const TONES: Readonly<Record<string, string>> = { '0': '', '1': '→', '2': '↗', '3': '↓', '4': '↘', '5': '' };

const INITIALS: Readonly<Record<string, string>> = {
  b: 'p', p: 'pʰ', m: 'm', f: 'f', d: 't', t: 'tʰ', n: 'n', l: 'l', g: 'k', k: 'kʰ', h: 'x',
  j: 'ʨ', q: 'ʨʰ', x: 'ɕ', zh: 'ꭧ', ch: 'ꭧʰ', sh: 'ʂ', r: 'ɻ', z: 'ʦ', c: 'ʦʰ', s: 's',
}; // prettier-ignore

/** The 0 is where the tone mark goes: after the nucleus, before a final n or ŋ. */
const FINALS: Readonly<Record<string, string>> = {
  a: 'a0', ai: 'ai0', an: 'a0n', ang: 'a0ŋ', ao: 'au0', e: 'ɤ0', ei: 'ei0', en: 'ə0n', eng: 'ə0ŋ',
  i: 'i0', ia: 'ja0', ian: 'jɛ0n', iang: 'ja0ŋ', iao: 'jau0', ie: 'je0', in: 'i0n', iou: 'jou0', ing: 'i0ŋ', iong: 'jʊ0ŋ',
  ong: 'ʊ0ŋ', ou: 'ou0', u: 'u0', uei: 'wei0', ua: 'wa0', uai: 'wai0', uan: 'wa0n', uen: 'wə0n', uang: 'wa0ŋ', ueng: 'wə0ŋ',
  uo: 'wo0', o: 'wo0', ü: 'y0', üe: 'ɥe0', üan: 'ɥɛ0n', ün: 'y0n',
}; // prettier-ignore

const WHOLE: Readonly<Record<string, string>> = {
  er: 'ɚ0', o: 'ɔ0', ê: 'ɛ0', yo: 'wo0', m: 'm0', n: 'n0', ng: 'ŋ0', hm: 'hm0', hng: 'hŋ0',
}; // prettier-ignore

/** Syllables without an initial, and the final that their spelling stands for. */
const ZERO_INITIAL: Readonly<Record<string, string>> = {
  yi: 'i', ya: 'ia', yan: 'ian', yang: 'iang', yao: 'iao', ye: 'ie', yin: 'in', ying: 'ing', yong: 'iong', you: 'iou',
  yu: 'ü', yue: 'üe', yuan: 'üan', yun: 'ün', wu: 'u', wa: 'ua', wo: 'uo', wai: 'uai', wei: 'uei', wan: 'uan', wen: 'uen',
  wang: 'uang', weng: 'ueng', a: 'a', ai: 'ai', an: 'an', ang: 'ang', ao: 'ao', e: 'e', ei: 'ei', en: 'en', eng: 'eng', ou: 'ou',
}; // prettier-ignore

const CONTRACTED: Readonly<Record<string, string>> = { iu: 'iou', ui: 'uei', un: 'uen', ue: 'üe' };

/**
 * Phonemes of one pinyin syllable that ends in its tone's digit (`ni3`, `lv4`; 0 or 5 is neutral), as Kokoro v1.0 was trained on
 * them (misaki's table). Null for what is no Mandarin syllable.
 */
export function pinyinPhonemes(pinyin: string): string | null {
  const spelled = pinyin.toLowerCase().normalize('NFC').replace('u:', 'ü').replace('v', 'ü');
  const tone = TONES[/\d$/.exec(spelled)?.[0] ?? '0'];
  const syllable = spelled.replace(/\d$/, '');
  if (tone === undefined) return null;
  const marked = WHOLE[syllable] ?? withoutInitial(syllable) ?? withInitial(syllable);
  return marked === null ? null : marked.replace('0', tone);
}

function withoutInitial(syllable: string): string | null {
  const final = ZERO_INITIAL[syllable];
  return final === undefined ? null : (FINALS[final] ?? null);
}

function withInitial(syllable: string): string | null {
  const letters = /^(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcs])/.exec(syllable)?.[0];
  if (letters === undefined) return null;
  const initial = INITIALS[letters] ?? '';
  let final = syllable.slice(letters.length);
  if (/^[jqx]$/.test(letters)) final = final.replace(/^u/, 'ü');
  // The i of zhi, chi, shi, ri, zi, ci, si is a buzzed vowel.
  if (final === 'i' && /^(?:zh|ch|sh|[rzcs])$/.test(letters)) return `${initial}ɨ0`;
  const full = FINALS[CONTRACTED[final] ?? final];
  return full === undefined ? null : `${initial}${full}`;
}
