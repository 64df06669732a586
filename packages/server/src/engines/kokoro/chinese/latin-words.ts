/**
 * Names of the letters as English has them, in Kokoro's phonemes (misaki: A, I, O, W, Y are the diphthongs of day, my, go, now,
 * boy). Chinese speakers say letters nearly so, and the model was trained on it.
 */
export const LETTER_NAMES: Readonly<Record<string, string>> = {
  A: 'ˈA', B: 'bˈi', C: 'sˈi', D: 'dˈi', E: 'ˈi', F: 'ˈɛf', G: 'ʤˈi', H: 'ˈAʧ', I: 'ˈI', J: 'ʤˈA', K: 'kˈA', L: 'ˈɛl', M: 'ˈɛm',
  N: 'ˈɛn', O: 'ˈO', P: 'pˈi', Q: 'kjˈu', R: 'ˈɑɹ', S: 'ˈɛs', T: 'tˈi', U: 'jˈu', V: 'vˈi', W: 'dˈʌbᵊlju', X: 'ˈɛks', Y: 'wˈI', Z: 'zˈi',
}; // prettier-ignore

/** Words whose sound their spelling hides, frequent in Chinese text or in any English one. */
export const WORDS: Readonly<Record<string, string>> = {
  app: 'ˈæp', apps: 'ˈæps', apple: 'ˈæpᵊl', android: 'ˈændɹˌYd', bug: 'bˈʌɡ', chat: 'ʧˈæt', cloud: 'klˈWd', code: 'kˈOd',
  cookie: 'kˈʊki', data: 'dˈATə', demo: 'dˈɛmO', docker: 'dˈɑkəɹ', email: 'ˈimAl', excel: 'ɪksˈɛl', facebook: 'fˈAsbʊk',
  github: 'ɡˈɪthʌb', google: 'ɡˈuɡᵊl', hello: 'həlˈO', hi: 'hˈI', java: 'ʤˈɑvə', linux: 'lˈɪnəks', logo: 'lˈOɡO', mac: 'mˈæk',
  microsoft: 'mˈIkɹəsɔft', model: 'mˈɑdᵊl', offer: 'ˈɔfəɹ', ok: 'OkˈA', okay: 'OkˈA', online: 'ˈɑnlˌIn',
  openai: 'ˈOpᵊn ˈA ˈI', pad: 'pˈæd', phone: 'fˈOn', photo: 'fˈOTO', plus: 'plˈʌs', pro: 'pɹˈO', python: 'pˈIθɑn', robot: 'ɹˈObɑt',
  server: 'sˈɜɹvəɹ', studio: 'stˈudiO', token: 'tˈOkᵊn', twitter: 'twˈɪTəɹ', video: 'vˈɪdiO', web: 'wˈɛb', wechat: 'wˈiʧæt',
  wifi: 'wˈIfI', windows: 'wˈɪndOz', youtube: 'jˈutub',
  a: 'ə', the: 'ðə', of: 'ʌv', to: 'tu', do: 'dˈu', does: 'dˈʌz', one: 'wˈʌn', two: 'tˈu', you: 'ju', your: 'jʊɹ', are: 'ɑɹ',
  was: 'wʌz', were: 'wɜɹ', is: 'ɪz', his: 'hɪz', as: 'æz', has: 'hæz', have: 'hæv', said: 'sˈɛd', what: 'wˈʌt', who: 'hˈu', be: 'bi',
  he: 'hi', she: 'ʃi', we: 'wi', me: 'mi', by: 'bI', my: 'mI', they: 'ðA', their: 'ðɛɹ', there: 'ðɛɹ', this: 'ðɪs', that: 'ðæt',
  these: 'ðiz', those: 'ðOz', them: 'ðɛm', then: 'ðˈɛn', with: 'wɪð', some: 'sˈʌm', come: 'kˈʌm', love: 'lˈʌv', for: 'fɔɹ',
  from: 'fɹʌm', good: 'ɡˈʊd', great: 'ɡɹˈAt', know: 'nˈO', how: 'hˌW', now: 'nˈW', people: 'pˈipᵊl', world: 'wˈɜɹld', work: 'wˈɜɹk',
  word: 'wˈɜɹd', would: 'wʊd', could: 'kʊd', should: 'ʃʊd', give: 'ɡˈɪv', live: 'lˈɪv', here: 'hˈɪɹ', where: 'wˌɛɹ', other: 'ˈʌðəɹ',
  any: 'ˈɛni', many: 'mˈɛni', today: 'tədˈA', very: 'vˈɛɹi', thank: 'θˈæŋk', thanks: 'θˈæŋks', new: 'nˈu', go: 'ɡˌO', no: 'nˈO', so: 'sˌO',
}; // prettier-ignore
