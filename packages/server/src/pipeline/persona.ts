import { z } from 'zod';
import type { PromptLanguage } from './language.ts';

/** As whom the central model speaks when the caller gives no system message of their own. */
export const Persona = z.strictObject({
  /** Off: the model behind the name speaks as itself. */
  enabled: z.boolean().default(true),
  zh: z.string(),
  en: z.string(),
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
};

/** The system message of the persona in that language; null when it is off. */
export function personaPrompt(persona: Persona, language: PromptLanguage): string | null {
  return persona.enabled ? persona[language] : null;
}
