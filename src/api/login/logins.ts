/** The parts that the routes of logins share, made from the settings of the installation. */
import type { IdentityProvider } from '../../clients/oidc/identity-provider.ts';
import {
  identityOf,
  type ClaimNames,
  type Claims,
  type GroupBindings,
  type Identity,
} from '../../domain/access/identity.ts';
import type { ProxySettings } from '../../domain/access/settings.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import { unknownCaller, type People } from '../access/callers.ts';
import { sessionCookie, transactionCookie, type CookieSettings } from '../access/cookies.ts';
import { Sessions, type SessionBucket, type SessionLimits } from '../access/sessions.ts';
import { TrustedProxy } from '../access/trusted-proxy.ts';

export interface LoginSettings {
  readonly installation: string;
  readonly groups: GroupBindings;
  readonly proxy: ProxySettings | null;
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

/** The ways to be known that the settings open. */
export function peopleOf(logins: Logins | null, { groups, proxy, oidc }: LoginSettings): People {
  const identityOfJwt = async (jwt: string): Promise<Identity> => {
    try {
      return logins ? logins.identityOf(await logins.provider.verify(jwt)) : neverKnown();
    } catch (failure) {
      throw isCode(failure, 'LoginDenied') ? unknownCaller() : failure;
    }
  };
  return {
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
