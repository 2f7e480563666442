/**
 * Serves Flink's own pages at `/flink/<version>/` to everybody, as the assets of the console are: they hold nothing of any job.
 * They run without an origin, and reach no server. The console's page around them reads for them
 * (`docs/decisions/0060-flinks-pages-through-sluice.md`).
 */
import type { Request, RequestHandler, Response } from 'express';
import type { ConsoleFiles, Asset } from '../console/files.ts';
import { sendAsset } from '../console/serve-console.ts';
import type { FlinkPage, FlinkPages } from './flink-pages.ts';

const PLACE = /^\/flink\/([\w.-]{1,40})\/([\w./-]{0,200})$/;
const BRIDGE = 'sluice-bridge.js';

/** Angular's pages make style elements. `sandbox` takes the origin from them, also when somebody opens them alone. */
const POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `font-src 'self' data:`,
  `base-uri 'self'`,
  `form-action 'none'`,
  `frame-ancestors 'self'`,
  `sandbox allow-scripts`,
].join('; ');

/** The script that stands in for requests of Flink's pages; null where the console was not built. */
export const bridgeIn = (console: ConsoleFiles | null): Asset | null =>
  [...(console?.assets ?? [])].find(([name]) => name.startsWith('/assets/flink-bridge-'))?.[1] ?? null;

export function serveFlinkPages(pages: FlinkPages | null, bridge: Asset | null): RequestHandler {
  if (!pages || !bridge) return (_request, _response, next) => next();
  return async (request, response, next) => {
    const [, version = '', path = ''] = PLACE.exec(request.path) ?? [];
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    const isPlace = version !== '' && isReading;
    const page = isPlace ? await pages.page(version, path === '' ? 'index.html' : path) : null;
    if (!isPlace || (!page && path !== BRIDGE)) {
      next();
      return;
    }
    response.setHeader('Content-Security-Policy', POLICY);
    // A page without an origin loads its own files as those of another site.
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (!page) sendAsset(request, response, bridge);
    else if (path === '' || path === 'index.html') sendIndex(response, await page.unpacked());
    else await sendPage(request, response, page);
  };
}

async function sendPage(request: Request, response: Response, page: FlinkPage): Promise<void> {
  const { type, encoding, body } = page;
  const isPacked = encoding !== null && request.acceptsEncodings(encoding) === encoding;
  if (isPacked) response.setHeader('Content-Encoding', encoding);
  response.vary('Accept-Encoding');
  response.setHeader('Cache-Control', 'public, max-age=3600');
  response.setHeader('Content-Type', type);
  response.end(request.method === 'HEAD' ? undefined : isPacked ? body : await page.unpacked());
}

/** Puts the bridge before the scripts, and takes out what the policy does not let happen: a handler in a tag, and a manifest. */
function sendIndex(response: Response, page: Buffer): void {
  const made = page
    .toString('utf8')
    .replace(/<link rel="manifest"[^>]*>/, '')
    .replace(/ media="print" onload="[^"]*"/g, '')
    .replace('</head>', `<script src="${BRIDGE}" type="module"></script></head>`);
  response.setHeader('Cache-Control', 'no-store');
  response.type('html').send(made);
}
