/** Writes and reads the cookies of logins. Their names carry the installation, because cookies know no ports. */

export interface CookieSettings {
  readonly installation: string;
  /** Whether browsers reach the API over https, so that the cookies go over nothing else. */
  readonly isSecure: boolean;
}

/** Percent-encodes all that the name of a cookie may not hold (RFC 6265, section 4.1.1). */
const named = (installation: string): string =>
  encodeURIComponent(installation).replace(/[()]/g, (bracket) => (bracket === '(' ? '%28' : '%29'));

/** With `__Host-`, browsers take the cookie over https and from this very host only. */
export const sessionCookie = ({ installation, isSecure }: CookieSettings): string =>
  `${isSecure ? '__Host-' : ''}sluice-${named(installation)}`;

/** A cookie of one path cannot be `__Host-`. */
export const transactionCookie = ({ installation, isSecure }: CookieSettings): string =>
  `${isSecure ? '__Secure-' : ''}sluice-login-${named(installation)}`;

/** A cookie beside that of sessions: a text in it is a token, whatever a session looks like. */
export const tokenCookie = ({ installation, isSecure }: CookieSettings): string =>
  `${isSecure ? '__Host-' : ''}sluice-token-${named(installation)}`;

interface CookieOptions {
  readonly path: string;
  readonly sameSite: 'Strict' | 'Lax';
  /** 0 removes the cookie. */
  readonly maxAgeSeconds: number;
}

export function cookieOf(
  { isSecure }: CookieSettings,
  name: string,
  value: string,
  { path, sameSite, maxAgeSeconds }: CookieOptions,
): string {
  const attributes = [`Path=${path}`, `Max-Age=${Math.floor(maxAgeSeconds)}`, 'HttpOnly', `SameSite=${sameSite}`];
  return [`${name}=${value}`, ...attributes, ...(isSecure ? ['Secure'] : [])].join('; ');
}

/** Takes a cookie of the whole site away. */
export const removalOf = (settings: CookieSettings, name: string): string =>
  cookieOf(settings, name, '', { path: '/', sameSite: 'Strict', maxAgeSeconds: 0 });

/** @returns null also where two cookies have the name, because somebody else may have set one of them. */
export function cookieIn(header: string | undefined, name: string): string | null {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const [key = '', ...rest] = pair.split('=');
    return key.trim() === name ? [rest.join('=').trim()] : [];
  });
  return values.length === 1 ? (values[0] ?? null) : null;
}
