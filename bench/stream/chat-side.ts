import { Agent } from 'node:http';
import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import { type SideRun, sideRunOf } from '../chat/run-figures.ts';
import { cpuSeconds } from '../process-figures.ts';
import { type StreamRecord, streamChat } from './stream-chat.ts';

/** Where a chat model is reached and which processes work for it. */
export interface ChatSideOptions {
  readonly url: string;
  readonly model: string;
  /** The process with the model. */
  readonly enginePid: number;
  /** The process in front of it; null where the model's own process serves HTTP. */
  readonly serverPid: number | null;
  /** Whether connections are kept; llama-server resets one that is used again at once after a stream. */
  readonly keepAlive: boolean;
}

/** The way that users go: streamed requests over HTTP. */
export class ChatSide {
  readonly enginePid: number;
  readonly serverPid: number | null;
  readonly #options: ChatSideOptions;
  readonly #agent: Agent;

  constructor(options: ChatSideOptions) {
    this.enginePid = options.enginePid;
    this.serverPid = options.serverPid;
    this.#options = options;
    this.#agent = new Agent({ keepAlive: options.keepAlive });
  }

  /** Asks one question and follows its stream. */
  ask(
    messages: readonly ChatMessage[],
    maxTokens: number,
    more: { readonly signal?: AbortSignal; readonly onEvents?: () => void } = {},
  ): Promise<StreamRecord> {
    const { url, model } = this.#options;
    return streamChat({ url, model, messages, maxTokens, agent: this.#agent, ...more });
  }

  /** One streamed request for each conversation, all at once. */
  async run(conversations: readonly (readonly ChatMessage[])[], maxTokens: number): Promise<SideRun> {
    return this.#measured(maxTokens, () => Promise.all(conversations.map((messages) => this.ask(messages, maxTokens))));
  }

  /** The same, each only when the one before has ended. */
  async runOneByOne(conversations: readonly (readonly ChatMessage[])[], maxTokens: number): Promise<SideRun> {
    return this.#measured(maxTokens, async () => {
      const records: StreamRecord[] = [];
      for (const messages of conversations) records.push(await this.ask(messages, maxTokens));
      return records;
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #measured(maxTokens: number, work: () => Promise<readonly StreamRecord[]>): Promise<SideRun> {
    const cpu = (): [number, number] => [
      cpuSeconds(this.enginePid),
      this.serverPid === null ? 0 : cpuSeconds(this.serverPid),
    ];
    const before = cpu();
    const startedMs = performance.now();
    const records = await work();
    const seconds = (performance.now() - startedMs) / 1000;
    const after = cpu();
    return sideRunOf(records, {
      maxTokens,
      seconds,
      engineCpu: after[0] - before[0],
      serverCpu: after[1] - before[1],
    });
  }
}
