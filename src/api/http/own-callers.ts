/**
 * Keeps pages of other sites away from the API. Any page that a person opens could otherwise have that person's browser
 * send requests to 127.0.0.1, or into a company's network.
 *
 * - `Host` must name this API, because a page whose own name points to this address (DNS rebinding) sends its own name.
 * - `Origin` and `Sec-Fetch-Site` must not name another site. Browsers set both, and pages cannot change them (Fetch
 *   standard, "forbidden request-header"; W3C, "Fetch Metadata Request Headers"). Browsers send `Origin` with each POST,
 *   but `Sec-Fetch-Site` only to https and loopback. Programs such as the CLI and curl send neither.
 */
import { isIPv6, type Socket } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { quoted } from './parse-call.ts';
import { Problem } from './problem.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const READING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Refuses requests to names of others. The API answers under loopback names and under the address at which a request arrives,
 * each with its own port, and under `hosts`, written as a browser's address bar shows them.
 */
export function ownHostsOnly(hosts: readonly string[]): RequestHandler {
  const configured = hosts.map(withoutDefaultPort);
  return (request, _response, next) => {
    refuseForeignHost(request, configured);
    next();
  };
}

/** Refuses requests that come from pages of other sites, behind `ownHostsOnly`. */
export function ownPagesOnly(hosts: readonly string[]): RequestHandler {
  const configured = hosts.map(withoutDefaultPort);
  return (request, _response, next) => {
    refuseForeignPage(request, configured);
    next();
  };
}

function refuseForeignHost(request: Request, configured: readonly string[]): void {
  const host = hostOf(request);
  if (configured.includes(host) || ownNames(request.socket).includes(host)) return;
  throw new Problem('HostNotAllowed', `This API does not answer as ${quoted(host)}`);
}

function refuseForeignPage(request: Request, configured: readonly string[]): void {
  const { origin } = request.headers;
  if (origin !== undefined) {
    const page = URL.canParse(origin) ? withoutDefaultPort(new URL(origin).host) : '';
    const isOwn = page !== '' && (page === hostOf(request) || configured.includes(page));
    if (!isOwn) throw new Problem('OriginNotAllowed', `A page of ${quoted(origin)} sent this request`);
  }
  const site = request.get('sec-fetch-site');
  if (site !== 'cross-site' && site !== 'same-site') return;
  // A link from another site may show a page, because reading changes nothing and the other site cannot see the answer.
  const isLink = READING.includes(request.method) && request.get('sec-fetch-mode') === 'navigate';
  if (!isLink) throw new Problem('OriginNotAllowed', `A page of another site sent this request (${site})`);
}

const hostOf = ({ headers }: Request): string => withoutDefaultPort(headers.host ?? '');

/** Names of this machine that cannot be rebound: the address that the caller connected to is no name at all. */
function ownNames({ localAddress = '127.0.0.1', localPort = 0 }: Socket): string[] {
  const address = localAddress.replace(/^::ffff:/, '');
  const names = [...LOOPBACK, isIPv6(address) ? `[${address}]` : address];
  return names.map((name) => withoutDefaultPort(`${name}:${localPort}`));
}

/** Browsers leave the default port of http out. */
const withoutDefaultPort = (host: string): string => host.toLowerCase().replace(/:80$/, '');
