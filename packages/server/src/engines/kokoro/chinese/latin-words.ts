/**
 * Names of the letters as English has them, in Kokoro's phonemes (misaki: A, I, O, W, Y are the diphthongs of day, my, go, now,
 * boy). Chinese speakers say letters nearly so, and the model was trained on it.
 */
export const LETTER_NAMES: Readonly<Record<string, string>> = {
  A: 'ˈA', B: 'bˈi', C: 'sˈi', D: 'dˈi', E: 'ˈi', F: 'ˈɛf', G: 'ʤˈi', H: 'ˈAʧ', I: 'ˈI', J: 'ʤˈA', K: 'kˈA', L: 'ˈɛl', M: 'ˈɛm',
  N: 'ˈɛn', O: 'ˈO', P: 'pˈi', Q: 'kjˈu', R: 'ˈɑɹ', S: 'ˈɛs', T: 'tˈi', U: 'jˈu', V: 'vˈi', W: 'dˈʌbᵊlju', X: 'ˈɛks', Y: 'wˈI', Z: 'zˈi',
}; // prettier-ignore

/** `word phonemes, word phonemes, …` */
function parseWords(list: string): ReadonlyMap<string, string> {
  const entries = list.trim().split(/,\s*/);
  return new Map(entries.map((entry) => entry.split(' ', 2) as [word: string, phonemes: string]));
}

/** Words and names that Chinese text borrows, in small letters; they are said as words in capitals too: APP, OK. */
export const LOAN_WORDS = parseWords(`
  app ˈæp, apps ˈæps, android ˈændɹˌYd, bug bˈʌɡ, chat ʧˈæt, cookie kˈʊki, demo dˈɛmO, docker dˈɑkəɹ, email ˈimAl,
  facebook fˈAsbʊk, github ɡˈɪthʌb, google ɡˈuɡᵊl, hello həlˈO, hi hˈI, java ʤˈɑvə, linux lˈɪnəks, logo lˈOɡO,
  mac mˈæk, microsoft mˈIkɹəsɔft, offer ˈɔfəɹ, ok OkˈA, okay OkˈA, pad pˈæd, plus plˈʌs, pro pɹˈO, python pˈIθɑn,
  robot ɹˈObɑt, studio stˈudiO, token tˈOkᵊn, twitter twˈɪTəɹ, web wˈɛb, wechat wˈiʧæt, wifi wˈIfI, windows wˈɪndOz,
  youtube jˈutub
`);

/** Other words whose sound their spelling hides, in small letters. In capitals they are taken for acronyms: WHO, IS. */
export const WORDS = parseWords(`
  open ˈOpᵊn, a ə, the ðə, of ʌv, to tu, do dˈu, does dˈʌz, one wˈʌn, two tˈu, you ju, your jʊɹ, are ɑɹ, was wʌz,
  were wɜɹ, is ɪz, his hɪz, as æz, has hæz, have hæv, said sˈɛd, what wˈʌt, who hˈu, be bi, he hi, she ʃi, we wi,
  me mi, by bI, my mI, they ðA, their ðɛɹ, there ðɛɹ, this ðɪs, that ðæt, these ðiz, those ðOz, them ðɛm, then ðˈɛn,
  with wɪð, some sˈʌm, come kˈʌm, love lˈʌv, for fɔɹ, from fɹʌm, good ɡˈʊd, great ɡɹˈAt, know nˈO, how hˌW, now nˈW,
  people pˈipᵊl, world wˈɜɹld, work wˈɜɹk, word wˈɜɹd, would wʊd, could kʊd, should ʃʊd, give ɡˈɪv, live lˈɪv,
  here hˈɪɹ, where wˌɛɹ, other ˈʌðəɹ, any ˈɛni, many mˈɛni, today tədˈA, very vˈɛɹi, thank θˈæŋk, thanks θˈæŋks,
  new nˈu, go ɡˌO, no nˈO, so sˌO, apple ˈæpᵊl, cloud klˈWd, code kˈOd, data dˈATə, excel ɪksˈɛl, model mˈɑdᵊl,
  online ˈɑnlˌIn, phone fˈOn, photo fˈOTO, server sˈɜɹvəɹ, video vˈɪdiO
`);
