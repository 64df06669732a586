/**
 * English spelling rules, first match wins: a pattern over the small letters of a word, and its sound in Kokoro's phonemes. In the
 * manner of Elovitz and others, "Letter-to-Sound Rules for Automatic Translation of English Text" (1976), much shortened.
 */
const RULES: readonly (readonly [pattern: RegExp, sound: string])[] = [
  [/(?<=^)(?:kn|gn|pn)/y, 'n'], [/(?<=^)wr/y, 'ɹ'], [/(?<=^)ps/y, 's'], [/(?<=^)x/y, 'z'], [/wh(?=o)/y, 'h'], [/wh/y, 'w'],
  [/tch/y, 'ʧ'], [/s?ch(?=[lrmn])/y, 'k'], [/sch/y, 'sk'], [/ch/y, 'ʧ'], [/c[kq]/y, 'k'], [/cc(?=[eiy])/y, 'ks'], [/cc/y, 'k'],
  [/sc(?=[eiy])/y, 's'], [/ci(?=a|ou|en)/y, 'ʃ'], [/c(?=[eiy])/y, 's'], [/c/y, 'k'],
  [/ssion/y, 'ʃən'], [/(?<=[aeiou])sion/y, 'ʒən'], [/sion|tion/y, 'ʃən'], [/tial/y, 'ʃᵊl'], [/tious/y, 'ʃəs'], [/ture$/y, 'ʧəɹ'],
  [/sh/y, 'ʃ'], [/ther/y, 'ðəɹ'], [/th/y, 'θ'], [/ss/y, 's'], [/(?<=[aeiou])s(?=[aeiou])/y, 'z'], [/(?<=[bdgvmnlrwy]|[aeo]e?)s$/y, 'z'],
  [/s/y, 's'], [/tt|t/y, 't'], [/ph/y, 'f'], [/pp|p/y, 'p'], [/dge/y, 'ʤ'], [/dd|d/y, 'd'], [/ff|f/y, 'f'],
  [/gue$/y, 'ɡ'], [/gh(?=t)|(?<=[aeiou])gh/y, ''], [/gg|gh/y, 'ɡ'], [/g(?=n$)/y, ''], [/g(?=e(?!t)|i(?!v|f|r)|y)/y, 'ʤ'], [/g/y, 'ɡ'],
  [/ng(?=[^aeiouy]|$)/y, 'ŋ'], [/ng(?=[ei]s?$)/y, 'nʤ'], [/ng(?=ing$|er$)/y, 'ŋ'], [/n(?=[kgqx])/y, 'ŋ'], [/nn|n/y, 'n'], [/mm|m(?:b$)?/y, 'm'],
  [/que$/y, 'k'], [/qu/y, 'kw'], [/q/y, 'k'], [/bb|b/y, 'b'], [/kk|k/y, 'k'], [/j/y, 'ʤ'], [/vv|v/y, 'v'], [/(?<=[aeo])w(?=[^aeiouy]|$)/y, ''],
  [/w/y, 'w'], [/x/y, 'ks'], [/zz|z/y, 'z'], [/h(?=[^aeiouy]|$)/y, ''], [/h/y, 'h'], [/rr|rh|r/y, 'ɹ'], [/(?<=[^aeiouyrlw])le$/y, 'ᵊl'], [/ll|l/y, 'l'],
  [/augh|ough(?=t)/y, 'ɔ'], [/ough/y, 'O'], [/eigh/y, 'A'], [/igh/y, 'I'],
  [/air|are$/y, 'ɛɹ'], [/ear$|eer/y, 'ɪɹ'], [/ear(?=[^aeiou])/y, 'ɜɹ'], [/ire$/y, 'Iəɹ'], [/o[ou]r|ore$/y, 'ɔɹ'], [/ure$/y, 'jʊɹ'],
  [/ar(?![aeiouyr])/y, 'ɑɹ'], [/[eoa]r$/y, 'əɹ'], [/[eiu]r(?![aeiouyr])/y, 'ɜɹ'], [/or(?![aeiouyr])/y, 'ɔɹ'],
  [/ai|ay/y, 'A'], [/au|aw/y, 'ɔ'], [/(?<=c)ei/y, 'i'], [/ei/y, 'A'], [/ea(?=d$|th)/y, 'ɛ'], [/ea|ee|ie(?!$|t|s$|d$)/y, 'i'], [/ie[sd]$/y, 'iz'],
  [/ie$|ey$/y, 'i'], [/ew|eu/y, 'ju'], [/oa|oe$/y, 'O'], [/oi|oy/y, 'Y'], [/oo(?=[kd])/y, 'ʊ'], [/oo/y, 'u'], [/ous$/y, 'əs'], [/ow$/y, 'O'],
  [/ou|ow/y, 'W'], [/ue$|ui/y, 'u'], [/ia/y, 'iə'], [/io/y, 'iO'], [/eo/y, 'iO'],
  [/a(?=[^aeiouywxr](?:e[sdr]?|ing|able)$)/y, 'A'], [/i(?=[^aeiouywxr](?:e[sdr]?|ing)$)/y, 'I'], [/o(?=[^aeiouywx](?:e[sdr]?|ing)$)/y, 'O'],
  [/u(?=[^aeiouywxr](?:e[sdr]?|ing)$)/y, 'u'], [/e(?=[^aeiouywxr]e$)/y, 'i'], [/i(?=nd$|ld$)/y, 'I'], [/o(?=ld$|st$|ll$)/y, 'O'], [/a(?=ll$|lk$)/y, 'ɔ'],
  [/(?<=[td])ed$/y, 'ɪd'], [/(?<=[aeiouy].*)ed$/y, 'd'], [/(?<=[sxz]|ch|sh)es$/y, 'ɪz'], [/(?<=[aeiouy].*)e$/y, ''], [/e$/y, 'i'],
  [/(?<=^)y|y(?=[aeiou])/y, 'j'], [/(?<=^[^aeiou]+)y$/y, 'I'], [/y$/y, 'i'], [/y/y, 'ɪ'], [/a$/y, 'ə'], [/i$/y, 'i'], [/o$/y, 'O'], [/u$/y, 'u'],
  [/a/y, 'æ'], [/e/y, 'ɛ'], [/i/y, 'ɪ'], [/o/y, 'ɑ'], [/u/y, 'ʌ'],
]; // prettier-ignore

/**
 * A guess at how an English word sounds, from its spelling; the stress is put on the first full vowel. Takes small letters a to z;
 * a word without any vowel gives its consonants.
 */
export function soundOut(word: string): string {
  let phonemes = '';
  let at = 0;
  while (at < word.length) {
    const [length, sound] = soundAt(word, at);
    phonemes += sound;
    at += length;
  }
  return phonemes.replace(/[AIOWYaæɑɔəɛɜiɪuʊʌ]/u, 'ˈ$&');
}

function soundAt(word: string, at: number): readonly [length: number, sound: string] {
  for (const [pattern, sound] of RULES) {
    pattern.lastIndex = at;
    const found = pattern.exec(word)?.[0];
    if (found !== undefined) return [found.length, sound];
  }
  return [1, ''];
}
