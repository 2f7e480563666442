/** The pages of a login. They have no script and no style, so that the strictest policy of the API holds for them. */

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);

const page = (title: string, head: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8">${head}<title>${title}</title></head><body>${body}</body></html>\n`;

/**
 * Goes on by itself. A redirect would not do: browsers send a cookie with `SameSite=Strict` only where a page of the same
 * site asks, and a chain of redirects that began at the provider does not count as that.
 */
export const signedInPage = (name: string, to: string): string =>
  page(
    'Signed in · Sluice',
    `<meta http-equiv="refresh" content="0;url=${escape(to)}">`,
    `<p>Signed in as ${escape(name)}. <a href="${escape(to)}">Go on</a></p>`,
  );

export const deniedPage = (why: string, again: string): string =>
  page(
    'Not signed in · Sluice',
    '',
    `<p>Not signed in: ${escape(why)}.</p><p><a href="${escape(again)}">Sign in again</a></p>`,
  );
