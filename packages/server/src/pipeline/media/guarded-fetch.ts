import { lookup as systemLookup } from 'node:dns/promises';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { GatewayError } from '../../shared/errors.ts';
import { isPublicAddress } from './public-address.ts';
import type { FetchMedia } from './read-media.ts';

/** Every address of a host name. */
type ResolveHost = (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export interface GuardedFetchOptions {
  readonly maxBytes: number;
  /** For the whole fetch, redirects included. */
  readonly timeoutMs: number;
  readonly resolveHost?: ResolveHost;
  /** Which addresses may be connected to; the public internet by default. */
  readonly allowAddress?: (address: string) => boolean;
}

const MAX_REDIRECTS = 3;
/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * A fetch for addresses that strangers name. The name is resolved once per connection, every address of it is checked, and
 * the socket connects to a checked one, so a name that changes its answer gains nothing; each redirect is checked anew.
 * Throws `media_url_refused`, `media_fetch_failed`, `too_large`, or the signal's reason.
 */
export function createGuardedFetch(options: GuardedFetchOptions): FetchMedia {
  const allow = options.allowAddress ?? isPublicAddress;
  const resolveHost = options.resolveHost ?? ((hostname) => systemLookup(hostname, { all: true }));
  const lookup = createCheckedLookup(resolveHost, allow);

  return async (address, signal) => {
    const timeout = AbortSignal.timeout(Math.min(options.timeoutMs, LONGEST_TIMER_MS));
    const either = AbortSignal.any([signal, timeout]);
    try {
      let url = checkUrl(address, allow);
      for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
        const answer = await request(url, { lookup, signal: either });
        const location = answer.headers.location;
        if (!REDIRECTS.has(answer.statusCode ?? 0) || location === undefined)
          return await readAnswer(answer, options.maxBytes);
        answer.destroy();
        url = checkUrl(location, allow, url);
      }
      throw new GatewayError(
        'media_fetch_failed',
        `the address redirected more than ${MAX_REDIRECTS} times; name the file itself`,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) {
        const seconds = Math.round(options.timeoutMs / 100) / 10;
        throw new GatewayError('media_fetch_failed', `fetching took longer than ${seconds} s; send the data itself`, {
          cause: error,
        });
      }
      throw asGatewayError(error);
    }
  };
}

function checkUrl(text: string, allow: (address: string) => boolean, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : null;
  if (url === null) throw new GatewayError('media_url_refused', 'the address is not a valid URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new GatewayError(
      'media_url_refused',
      `the address leads to ${url.protocol}, and only https: and http: are fetched`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new GatewayError('media_url_refused', 'the address carries a user name or password; leave them out');
  }
  // Sockets skip the lookup for literal addresses.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !allow(literal)) throw refusedAddress();
  return url;
}

function refusedAddress(): GatewayError {
  return new GatewayError(
    'media_url_refused',
    'the address leads into a private or reserved network; send the data itself',
  );
}

function createCheckedLookup(resolveHost: ResolveHost, allow: (address: string) => boolean): LookupFunction {
  const addressesOf = callbackify(async (hostname: string) => {
    const found = await resolveHost(hostname);
    if (!found.every(({ address }) => allow(address))) throw refusedAddress();
    return found;
  });
  return (hostname, options, callback) => {
    addressesOf(hostname, (error, found) => {
      const [first] = error === null ? found : [];
      if (first === undefined) callback(error ?? new Error('the host has no address'), '', 0);
      else if (options.all === true) callback(null, [...found]);
      else callback(null, first.address, first.family);
    });
  };
}

function request(url: URL, options: Pick<RequestOptions, 'lookup' | 'signal'>): Promise<IncomingMessage> {
  const { get } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    // A connection of its own: a pooled one may lead to an address that was checked for another name.
    get(
      url,
      { ...options, agent: false, headers: { accept: 'image/*, audio/*', 'accept-encoding': 'identity' } },
      resolve,
    ).on('error', reject);
  });
}

async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const status = answer.statusCode ?? 0;
  if (status !== 200) {
    answer.destroy();
    throw new GatewayError('media_fetch_failed', `the address answered with status ${status} instead of 200`);
  }
  const chunks: Buffer[] = [];
  let length = Number(answer.headers['content-length'] ?? 0) > maxBytes ? Infinity : 0;
  if (length <= maxBytes) {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) break;
      chunks.push(chunk);
    }
  }
  answer.destroy();
  if (length > maxBytes)
    throw new GatewayError('too_large', `the file behind the address is larger than ${maxBytes} bytes`);
  return Buffer.concat(chunks);
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('media_fetch_failed', 'the address could not be fetched; check it or send the data itself', {
    cause: error,
  });
}
