/** The pages of a login. They have no script and no style, so that the strictest policy of the API holds for them. */
import { escapeHtml } from '../http/escape-html.ts';

const page = (title: string, head: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8">${head}<title>${title}</title></head><body>${body}</body></html>\n`;

/**
 * Goes on by itself. A redirect would not do: browsers send a cookie with `SameSite=Strict` only where a page of the same
 * site asks, and a chain of redirects that began at the provider does not count as that.
 */
export const signedInPage = (name: string, to: string): string =>
  page(
    'Signed in · Sluice',
    `<meta http-equiv="refresh" content="0;url=${escapeHtml(to)}">`,
    `<p>Signed in as ${escapeHtml(name)}. <a href="${escapeHtml(to)}">Go on</a></p>`,
  );

export const deniedPage = (why: string, again: string): string =>
  page(
    'Not signed in · Sluice',
    '',
    `<p>Not signed in: ${escapeHtml(why)}.</p><p><a href="${escapeHtml(again)}">Sign in again</a></p>`,
  );
