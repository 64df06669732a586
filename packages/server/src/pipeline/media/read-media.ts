import { GatewayError } from '../../shared/errors.ts';
import { decodeBase64 } from './decode-base64.ts';

/** Fetches media by address; see `createGuardedFetch`. */
export type FetchMedia = (url: string, signal: AbortSignal) => Promise<Uint8Array>;

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

/**
 * The bytes behind a field that is base64, a data URI, or an http(s) address. Throws `invalid_media`, and
 * `media_url_refused` for any other scheme.
 */
export async function readMedia(
  text: string,
  options: { readonly param: string; readonly fetchMedia: FetchMedia; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const { param, fetchMedia, signal } = options;
  const scheme = SCHEME.exec(text.slice(0, 40))?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'data') return decodeBase64(text, param);
  if (scheme !== 'http' && scheme !== 'https') {
    throw new GatewayError(
      'media_url_refused',
      `${param} begins with ${scheme}:, and only data:, https: and http: are taken`,
      { param },
    );
  }
  try {
    return await fetchMedia(text, signal);
  } catch (error) {
    // The fetch does not know which field named the address.
    if (!(error instanceof GatewayError) || error.param !== null) throw error;
    throw new GatewayError(error.code, `${param}: ${error.message}`, { param, cause: error });
  }
}
