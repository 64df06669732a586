import type { FastifyRequest } from 'fastify';

/**
 * Whether a browser asks on behalf of a page of another site. Browsers tell whose page it was; programs send neither header. A page whose
 * host name was pointed at this machine counts as its own site.
 */
export function isOtherSite({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return true;
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
