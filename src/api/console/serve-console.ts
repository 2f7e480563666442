/**
 * Serves the console: its assets, and its page for every path that a person opens and no route has. The page is public and
 * holds nothing: it asks the API for what it shows.
 */
import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { escapeHtml } from '../http/escape-html.ts';
import { encodings, type Asset, type ConsoleFiles } from './files.ts';

/**
 * Nothing from elsewhere, nothing inline, and no text that becomes a script. It does not upgrade requests to https, since the
 * API speaks plain http and the page must work there.
 */
const policyWith = (nonce: string): string =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `frame-src 'self'`,
    `worker-src 'self'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types 'none'`,
  ].join('; ');

/** Without a built console, every request goes on to the answer that there is no such route. */
export function serveConsole(files: ConsoleFiles | null, version: string): RequestHandler {
  if (!files) return (_request, _response, next) => next();
  return (request, response, next) => {
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    const asset = files.assets.get(request.path);
    if (!isReading) next();
    else if (asset) sendAsset(request, response, asset);
    else if (isForPeople(request)) sendPage(response, files.page, version);
    else next();
  };
}

/** A browser that opens a page asks for HTML first. Programs that ask for anything, or for JSON, get problems. */
const isForPeople = (request: Request): boolean =>
  !/^\/(api|assets)\//.test(request.path) && request.accepts(['json', 'html']) === 'html';

/** The name of an asset has the hash of its content, so it is good for ever. */
export function sendAsset(request: Request, response: Response, { type, bodies }: Asset): void {
  const offered = encodings.filter((encoding) => bodies[encoding] !== undefined);
  const encoding = offered.find((one) => request.acceptsEncodings(one) === one) ?? 'identity';
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
  response.vary('Accept-Encoding');
  response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
  response.setHeader('Content-Type', type);
  response.end(request.method === 'HEAD' ? undefined : bodies[encoding]);
}

function sendPage(response: Response, page: string, version: string): void {
  const nonce = randomBytes(16).toString('base64');
  response.setHeader('Content-Security-Policy', policyWith(nonce));
  response.setHeader('Cache-Control', 'no-store');
  response.type('html').send(page.replace('__NONCE__', nonce).replace('__VERSION__', escapeHtml(version)));
}
