import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the hub serves one file. */
export interface HubFile {
  readonly content: Buffer;
  /** Destroys the connection once so many bytes of an answer went out, for the first so many answers. */
  readonly cut?: { readonly afterBytes: number; readonly times: number };
  /** Answers 200 with everything whatever range is asked for. */
  readonly ignoresRange?: boolean;
  readonly status?: number;
  /** Small files are listed with a git id instead of a SHA-256. */
  readonly inGit?: boolean;
  /** Called before the answer begins, so that a test decides when it goes on. */
  readonly before?: () => Promise<void>;
}

/** A Hugging Face hub on this machine that counts the bytes it sends. */
export class FakeHub {
  readonly files = new Map<string, HubFile>();
  /** Requests for files: path, range header, bytes sent. */
  readonly requests: { path: string; range: string | undefined; ifRange: string | undefined; sentBytes: number }[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeHub> {
    const server = createServer();
    const hub = new FakeHub(server);
    server.on('request', (request, response) => void hub.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return hub;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get sentBytes(): number {
    return this.requests.reduce((sum, request) => sum + request.sentBytes, 0);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://hub');
    if (url.pathname === '/') return void response.end('a hub');
    if (url.pathname.startsWith('/api/models/')) return this.#list(response);
    const path = decodeURIComponent(url.pathname.split('/').slice(5).join('/'));
    const file = this.files.get(path);
    if (file === undefined) return void response.writeHead(404).end('no such file');
    const record = {
      path,
      range: request.headers.range,
      ifRange: request.headers['if-range']?.toString(),
      sentBytes: 0,
    };
    this.requests.push(record);
    await file.before?.();
    if (file.status !== undefined) return void response.writeHead(file.status).end();
    const start = file.ignoresRange === true ? 0 : Number(/^bytes=(\d+)-/.exec(record.range ?? '')?.[1] ?? 0);
    const total = file.content.length;
    const etag = `"${createHash('sha256').update(file.content).digest('hex')}"`;
    if (start >= total && start > 0) return void response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
    const range = { 'content-range': `bytes ${start}-${total - 1}/${total}` };
    response.writeHead(start > 0 ? 206 : 200, { etag, 'content-length': total - start, ...(start > 0 ? range : {}) });
    const answers = this.requests.filter((other) => other.path === path).length;
    const cut = file.cut !== undefined && answers <= file.cut.times ? file.cut.afterBytes : null;
    const body = cut === null ? file.content.subarray(start) : file.content.subarray(start, start + cut);
    record.sentBytes = body.length;
    if (cut === null) response.end(body);
    else response.write(body, () => setTimeout(() => response.destroy(), 50));
  }

  #list(response: ServerResponse): void {
    const siblings = [...this.files].map(([rfilename, { content, inGit }]) => ({
      rfilename,
      size: content.length,
      blobId: createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex'),
      ...(inGit === true ? {} : { lfs: { sha256: createHash('sha256').update(content).digest('hex') } }),
    }));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sha: 'c0ffee', siblings }));
  }
}
