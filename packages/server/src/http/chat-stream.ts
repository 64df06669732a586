import type { FastifyReply } from 'fastify';
import type { AnswerEvent, ChatInput, StepTrace } from '../pipeline/request.ts';
import { modelHeader, noticeHeader, serverTiming } from './answer-headers.ts';
import type { AudioDelta, ChatAudio } from './chat-audio.ts';
import { ChatFrames } from './chat-frames.ts';
import { fingerprintOf, finishReason } from './chat-wire.ts';
import { EventStream, type EventStreamOptions, sendEvents } from './event-stream.ts';
import type { Flight } from './flight.ts';

export interface StreamChatOptions extends Omit<EventStreamOptions, 'headers'> {
  readonly input: ChatInput;
  readonly includeUsage: boolean;
  /** Whether calls are told in the form before tools. */
  readonly functions: boolean;
  readonly version: string;
  readonly flight: Flight;
  /** The answer's sound, disposed of with the stream; null: it is not spoken. */
  readonly audio: ChatAudio | null;
}

/** Answers as `chat.completion.chunk` events; settles when the stream has ended. */
export async function streamChat(
  reply: FastifyReply,
  events: AsyncIterable<AnswerEvent>,
  options: StreamChatOptions,
): Promise<void> {
  const { input, flight } = options;
  using _audio = options.audio;
  const done: StepTrace[] = [];
  let model: string | null = null;
  let reasoned = false;
  const stream = new EventStream(reply, {
    ...options,
    headers: () => ({
      ...modelHeader(model),
      ...serverTiming(done),
      // Thoughts that are kept back show only in the tokens at the end.
      ...(input.returnReasoning && !reasoned && noticeHeader(input, model)),
    }),
  });
  let writer: ChatWriter | null = null;
  await sendEvents(stream, events, (event) => {
    flight.note(event);
    if (event.kind === 'start') model = event.model;
    else if (event.kind === 'step-finished') done.push(event.trace);
    else if (event.kind === 'reasoning-delta') reasoned = true;
    writer ??= beginsAnswer(event) ? new ChatWriter(stream, options, model) : null;
    writer?.write(event);
  });
}

/** Whether an event is part of the answer itself, before which its weights are known. */
function beginsAnswer({ kind }: AnswerEvent): boolean {
  return kind !== 'start' && kind !== 'step-started' && kind !== 'step-finished';
}

/** Writes the events of an answer's choices as chunks. */
class ChatWriter {
  readonly #stream: EventStream;
  readonly #options: StreamChatOptions;
  readonly #frames: ChatFrames;
  readonly #begun = new Set<number>();
  /** The end of a choice waits for what comes after it: the plan stands in the chunk that ends the last one. */
  #ended: Extract<AnswerEvent, { kind: 'choice-finished' }> | null = null;

  constructor(stream: EventStream, options: StreamChatOptions, model: string | null) {
    const { input, clock, includeUsage, functions, version } = options;
    this.#stream = stream;
    this.#options = options;
    this.#frames = new ChatFrames({
      id: input.id,
      model: input.model,
      createdMs: clock.now(),
      fingerprint: fingerprintOf(version, model),
      includeUsage,
      functions,
    });
  }

  write(event: AnswerEvent): void {
    const frames = this.#frames;
    switch (event.kind) {
      case 'text-delta':
        this.#text(event);
        break;
      case 'reasoning-delta':
        if (this.#options.input.returnReasoning) this.#send(event.choice, frames.reasoning(event.choice, event.text));
        break;
      case 'tool-call':
        this.#send(event.choice, frames.call(event.choice, event));
        break;
      case 'tool-call-delta':
        this.#send(event.choice, frames.callArguments(event.choice, event.index, event.text));
        break;
      case 'speech-delta':
        this.#audio(event.choice, this.#options.audio?.sound(event) ?? null);
        break;
      case 'choice-finished':
        this.#endChoice(null);
        for (const piece of this.#options.audio?.end(event.choice) ?? []) this.#audio(event.choice, piece);
        this.#ended = event;
        break;
      case 'finish':
        this.#endChoice(event);
        this.#stream.sendRaw(frames.end(event));
        break;
      case 'start':
      case 'step-started':
      case 'step-finished':
        break;
      default:
        event satisfies never;
    }
  }

  /** The words of a spoken answer are its transcript. */
  #text({ choice, text, logprobs }: Extract<AnswerEvent, { kind: 'text-delta' }>): void {
    const { audio } = this.#options;
    if (audio === null) this.#send(choice, this.#frames.text(choice, text, logprobs));
    else this.#send(choice, this.#frames.audio(choice, audio.text(choice, text), logprobs));
  }

  #audio(choice: number, piece: AudioDelta | null): void {
    if (piece !== null) this.#send(choice, this.#frames.audio(choice, piece));
  }

  /** The first chunk of a choice tells who speaks. */
  #send(choice: number, frame: string): void {
    if (!this.#begun.has(choice)) {
      this.#begun.add(choice);
      this.#stream.sendRaw(this.#frames.role(choice));
    }
    this.#stream.sendRaw(frame);
  }

  #endChoice(finish: Extract<AnswerEvent, { kind: 'finish' }> | null): void {
    const ended = this.#ended;
    if (ended === null) return;
    this.#ended = null;
    const { input } = this.#options;
    const plan = input.trace ? (finish?.plan ?? null) : null;
    const reason = finishReason(ended.reason, this.#options);
    this.#send(ended.choice, this.#frames.finish(ended.choice, reason, plan));
  }
}
