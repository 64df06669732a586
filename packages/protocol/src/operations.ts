import { Health, Probe } from './admin.ts';
import { ADMIN_OPERATIONS } from './admin-operations.ts';
import { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from './chat.ts';
import { Model, ModelList } from './models.ts';
import { OcrAnswer, OcrForm, OcrRequest } from './ocr.ts';
import type { Operation } from './operation.ts';
import { RouteAnswer } from './route.ts';
import { SpeechRequest, SpeechStreamEvent } from './speech.ts';
import {
  Transcription,
  TranscriptionRequest,
  TranscriptionStreamEvent,
  TranslationRequest,
  VerboseTranscription,
} from './transcription.ts';

const POSTED = [400, 408, 413, 415, 422, 429, 502, 503, 504];

/** Every endpoint there is. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: '/v1/chat/completions',
    operationId: 'createChatCompletion',
    summary: 'Answer a conversation of text, pictures and speech.',
    tag: 'Chat',
    json: ChatCompletionRequest,
    answers: [ChatCompletion],
    event: ChatCompletionChunk,
    failures: [...POSTED, 404],
  },
  {
    method: 'POST',
    path: '/v1/route',
    operationId: 'planRoute',
    summary: 'Say which plan a chat request would run, without running it.',
    tag: 'Chat',
    json: ChatCompletionRequest,
    answers: [RouteAnswer],
    failures: [...POSTED, 404],
  },
  {
    method: 'POST',
    path: '/v1/audio/transcriptions',
    operationId: 'createTranscription',
    summary: 'Write down a recording.',
    tag: 'Audio',
    form: { fields: TranscriptionRequest, file: 'file' },
    answers: [Transcription, VerboseTranscription],
    otherAnswers: ['text/plain', 'text/vtt', 'application/x-subrip'],
    event: TranscriptionStreamEvent,
    failures: [...POSTED, 404],
  },
  {
    method: 'POST',
    path: '/v1/audio/translations',
    operationId: 'createTranslation',
    summary: 'Write down a recording in English, whatever was spoken.',
    tag: 'Audio',
    form: { fields: TranslationRequest, file: 'file' },
    answers: [Transcription, VerboseTranscription],
    otherAnswers: ['text/plain', 'text/vtt', 'application/x-subrip'],
    failures: [...POSTED, 404],
  },
  {
    method: 'POST',
    path: '/v1/audio/speech',
    operationId: 'createSpeech',
    summary: 'Speak a text.',
    tag: 'Audio',
    json: SpeechRequest,
    answers: [],
    otherAnswers: ['audio/mpeg', 'audio/ogg', 'audio/wav', 'audio/pcm', 'audio/flac', 'audio/aac'],
    event: SpeechStreamEvent,
    failures: [...POSTED, 404],
  },
  {
    method: 'POST',
    path: '/v1/ocr',
    operationId: 'readText',
    summary: 'Read the text in a picture.',
    tag: 'OCR',
    json: OcrRequest,
    form: { fields: OcrForm, file: 'image' },
    answers: [OcrAnswer],
    failures: [...POSTED, 404],
  },
  {
    method: 'GET',
    path: '/v1/models',
    operationId: 'listModels',
    summary: 'Names under which requests can be made.',
    tag: 'Models',
    answers: [ModelList],
    failures: [],
  },
  {
    method: 'GET',
    path: '/v1/models/{id}',
    operationId: 'getModel',
    summary: 'One of these names.',
    tag: 'Models',
    answers: [Model],
    failures: [404],
  },
  {
    method: 'GET',
    path: '/health',
    operationId: 'getHealth',
    summary: 'State of the server and of each model.',
    tag: 'Operation',
    answers: [Health],
    failures: [],
  },
  {
    method: 'GET',
    path: '/health/live',
    operationId: 'getLiveness',
    summary: 'Whether the process answers.',
    tag: 'Operation',
    answers: [Probe],
    failures: [],
  },
  {
    method: 'GET',
    path: '/health/ready',
    operationId: 'getReadiness',
    summary: 'Whether requests are taken.',
    tag: 'Operation',
    answers: [Probe],
    failures: [],
  },
  ...ADMIN_OPERATIONS,
  {
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This description.',
    tag: 'Operation',
    answers: [],
    otherAnswers: ['application/json'],
    failures: [],
  },
];
