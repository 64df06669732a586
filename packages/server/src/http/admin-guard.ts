import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { GatewayError } from '../shared/errors.ts';
import type { AdminFrom } from './app-deps.ts';
import { isOtherSite } from './other-site.ts';

/** Headers by which proxies tell that they pass on somebody else's request. */
const PROXY_HEADERS = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
] as const;

/**
 * Serves `/admin` and `/metrics` to this machine's own programs alone, unless configured otherwise, and never lets a page of
 * another site act through the browser that shows it. Others get `admin_refused`.
 */
export function guardAdmin(app: FastifyInstance, adminFrom: AdminFrom): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (isAdmin(request)) {
      refuseStrangers(request, adminFrom);
      refuseOtherSites(request);
    }
    done();
  });
}

/** Judged by the route that answers, as odd spellings of the path reach it too. */
function isAdmin(request: FastifyRequest): boolean {
  const route = request.routeOptions.url ?? '';
  return route === '/metrics' || route.startsWith('/admin/');
}

function refuseStrangers(request: FastifyRequest, adminFrom: AdminFrom): void {
  if (adminFrom === 'any') return;
  const { headers } = request;
  const reason =
    (!isLoopback(request.socket.remoteAddress) && 'it came from another machine') ||
    (PROXY_HEADERS.some((name) => headers[name] !== undefined) && 'it came through a proxy') ||
    (!isOwnHost(headers.host) && 'it names this server by a name other than localhost or its address');
  if (reason === false) return;
  throw new GatewayError(
    'admin_refused',
    `operators' addresses are served to this machine alone, and ${reason}; where the whole network is trusted, set server.admin_from to any`,
  );
}

/** Browsers let any page send a form to any address. A page whose host name was pointed at this machine is refused by `isOwnHost`. */
function refuseOtherSites(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD' || !isOtherSite(request)) return;
  throw new GatewayError('admin_refused', 'a page of another site asked for this; only programs and own pages may');
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/** Whether the Host header is an address or `localhost`: any other name may be a stranger's that was pointed here. */
function isOwnHost(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || ipaddr.isValid(name);
}
