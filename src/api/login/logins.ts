/** The parts that the routes of logins share, made from the settings of the installation. */
import type { Request } from 'express';
import type { IdentityProvider } from '../../clients/oidc/identity-provider.ts';
import {
  identityOf,
  type ClaimNames,
  type Claims,
  type GroupBindings,
  type Identity,
} from '../../domain/access/identity.ts';
import type { Caller } from '../../domain/access/decide.ts';
import type { ProxySettings } from '../../domain/access/settings.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import { unknownCaller, type People } from '../access/callers.ts';
import {
  cookieOf,
  removalOf,
  sessionCookie,
  tokenCookie,
  transactionCookie,
  type CookieSettings,
} from '../access/cookies.ts';
import { Sessions, type SessionBucket, type SessionLimits } from '../access/sessions.ts';
import { TrustedProxy } from '../access/trusted-proxy.ts';

export interface LoginSettings {
  readonly installation: string;
  readonly groups: GroupBindings;
  readonly proxy: ProxySettings | null;
  /** Whether browsers reach the API over https; default by the public address of the logins. */
  readonly isSecure?: boolean;
  /** Null without logins at an identity provider. */
  readonly oidc: {
    readonly provider: IdentityProvider;
    readonly publicUrl: string;
    readonly claims: ClaimNames;
    /** Whether JWTs of programs are taken. */
    readonly takesJwts: boolean;
    readonly limits: SessionLimits;
  } | null;
}

/** Tokens are the only way in. */
export const NO_LOGINS: LoginSettings = { installation: 'sluice', groups: {}, proxy: null, oidc: null };

/** Logins at an identity provider. */
export interface Logins {
  readonly provider: IdentityProvider;
  readonly publicUrl: string;
  readonly sessions: Sessions;
  readonly cookies: CookieSettings & { readonly session: string; readonly transaction: string };
  /** @throws SluiceError `LoginDenied`. */
  readonly identityOf: (claims: Claims) => Identity;
}

/** Logins with a token, which need no provider. */
export interface TokenLogins {
  /** @throws Problem `Unauthenticated`, or `TooManyRequests` after many bad ones. */
  readonly callerOf: (request: Request, token: string) => Promise<Caller>;
  readonly cookies: CookieSettings & { readonly token: string };
}

export function createLogins(bucket: SessionBucket, { installation, oidc }: LoginSettings): Logins | null {
  if (!oidc) return null;
  const { provider, publicUrl, claims: names, limits } = oidc;
  const cookies = { installation, isSecure: publicUrl.startsWith('https:') };
  return {
    provider,
    publicUrl,
    sessions: new Sessions(bucket, limits),
    cookies: { ...cookies, session: sessionCookie(cookies), transaction: transactionCookie(cookies) },
    identityOf(claims) {
      const read = identityOf(claims, names);
      if (!read.ok) throw new SluiceError('LoginDenied', `The provider does not say who this is: ${read.why}`);
      return read.identity;
    },
  };
}

/** The cookie in which a browser keeps a token, with or without logins. */
export function tokenCookiesOf({ installation, isSecure, oidc }: LoginSettings): TokenLogins['cookies'] {
  const cookies = { installation, isSecure: isSecure ?? oidc?.publicUrl.startsWith('https:') ?? false };
  return { ...cookies, token: tokenCookie(cookies) };
}

/** @param seconds 0 removes it. */
export const tokenCookieWith = ({ cookies }: TokenLogins, value: string, seconds: number): string =>
  cookieOf(cookies, cookies.token, value, { path: '/', sameSite: 'Strict', maxAgeSeconds: seconds });

/** Removes the cookie of a session; none where nobody can have one. */
export const noSessionCookie = (logins: Logins | null): readonly string[] =>
  logins ? [removalOf(logins.cookies, logins.cookies.session)] : [];

/** The ways to be known that the settings open. */
export function peopleOf(logins: Logins | null, settings: LoginSettings): People {
  const { groups, proxy, oidc } = settings;
  const identityOfJwt = async (jwt: string): Promise<Identity> => {
    try {
      return logins ? logins.identityOf(await logins.provider.verify(jwt)) : neverKnown();
    } catch (failure) {
      throw isCode(failure, 'LoginDenied') ? unknownCaller() : failure;
    }
  };
  const { token: tokenCookie, ...cookies } = tokenCookiesOf(settings);
  return {
    cookies,
    tokenCookie,
    groups,
    proxy: proxy && new TrustedProxy(proxy),
    logins: logins && {
      sessions: logins.sessions,
      cookie: logins.cookies.session,
      identityOfJwt: oidc?.takesJwts === true ? identityOfJwt : null,
    },
  };
}

const neverKnown = (): never => {
  throw unknownCaller();
};
