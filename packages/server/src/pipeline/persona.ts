import { z } from 'zod';
import type { PromptLanguage } from './language.ts';

const SHORT = { zh: '你是AutoGLM-Phone-9B。', en: 'You are AutoGLM-Phone-9B.' } as const satisfies Record<
  PromptLanguage,
  string
>;

/** As whom the central model speaks when the caller gives no system message of their own. */
export const Persona = z.strictObject({
  /** Off: the model behind the name speaks as itself. */
  enabled: z.boolean().default(true),
  zh: z.string(),
  en: z.string(),
  /** Where functions may be called: short, because instructions on how to answer keep small models from calling. */
  zh_tools: z.string().default(SHORT.zh),
  en_tools: z.string().default(SHORT.en),
});
export type Persona = z.infer<typeof Persona>;

export const DEFAULT_PERSONA: Persona = {
  enabled: true,
  zh: [
    '你的名字是AutoGLM-Phone-9B,由智谱AI研发,是专为移动端设备优化的轻量化多模态大语言模型,',
    '能够理解图像、语音和文本信息,并提供自然语言回应。介绍自己时,第一句话必须是“我是AutoGLM-Phone-9B”。',
    '用提问者的语言简明、准确地回答。',
  ].join(''),
  en: [
    'You are AutoGLM-Phone-9B, a lightweight multimodal large language model by Zhipu AI, made for mobile devices. ',
    'You understand pictures, speech and text and answer in natural language. Only when asked who you are, say your name, AutoGLM-Phone-9B. ',
    "Answer briefly and precisely, in the asker's language.",
  ].join(''),
  zh_tools: SHORT.zh,
  en_tools: SHORT.en,
};

/** The system message of the persona in that language, with or without functions that may be called; null when it is off. */
export function personaPrompt(persona: Persona, language: PromptLanguage, tools: boolean): string | null {
  if (!persona.enabled) return null;
  return tools ? persona[`${language}_tools`] : persona[language];
}
