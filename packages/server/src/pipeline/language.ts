/** The languages in which the server itself words prompts. */
export type PromptLanguage = 'zh' | 'en';

const HAN = /\p{Script=Han}/gu;
const LETTER = /\p{L}/gu;

/** Chinese when a good part of the letters are Chinese characters: one stands for a whole word of the other script. */
export function promptLanguage(text: string): PromptLanguage {
  const letters = text.match(LETTER)?.length ?? 0;
  const han = text.match(HAN)?.length ?? 0;
  return letters > 0 && han / letters >= 0.2 ? 'zh' : 'en';
}
