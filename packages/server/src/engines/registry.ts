import type { EngineDefinition } from './engine-definition.ts';
import { kokoro } from './kokoro/definition.ts';
import { llamaServer } from './launched/llama-server.ts';
import { sglang } from './launched/sglang.ts';
import { trtllm } from './launched/trtllm.ts';
import { vllm } from './launched/vllm.ts';
import { llamaCpp } from './llama-cpp/definition.ts';
import { llamaEmbed } from './llama-embed/definition.ts';
import { paddleOcr } from './paddle-ocr/definition.ts';
import { sileroVad } from './silero-vad/definition.ts';
import { vits } from './vits/definition.ts';
import { whisper } from './whisper/definition.ts';

/** Every engine that a catalogue entry may name. A new engine is one folder and one line here. */
export const ENGINES: readonly EngineDefinition[] = [
  llamaCpp,
  paddleOcr,
  whisper,
  vits,
  kokoro,
  llamaEmbed,
  sileroVad,
  vllm,
  llamaServer,
  sglang,
  trtllm,
];
