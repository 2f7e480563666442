/** Finds out who sends a request: by a token, a session, a JWT of the identity provider, a trusted proxy, or nobody known. */
import type { Request } from 'express';
import type { S3Client } from '../../clients/s3/s3.ts';
import { anonymousWith, type Binding, type Caller, type Person } from '../../domain/access/decide.ts';
import { bindingsOf, type GroupBindings, type Identity } from '../../domain/access/identity.ts';
import { isExpired, partsOf, type TokenRecord } from '../../domain/access/tokens.ts';
import { readToken } from '../../records/access/tokens.ts';
import { Problem } from '../http/problem.ts';
import { addressOf } from '../http/address.ts';
import { BadTokens } from './bad-tokens.ts';
import { cookieIn, removalOf, type CookieSettings } from './cookies.ts';
import { KnownRecords } from './known-records.ts';
import { isSameText, isSecretOf } from './secrets.ts';
import { csrfOf, type Sessions } from './sessions.ts';
import type { TrustedProxy } from './trusted-proxy.ts';
import { TokenUses } from './token-uses.ts';

/** A page sends the value of `GET /session` in it. */
const CSRF_HEADER = 'x-sluice-csrf';
const READING = ['GET', 'HEAD', 'OPTIONS'];

/** The ways to be known beside a token. */
export interface People {
  readonly cookies: CookieSettings;
  /** The cookie in which a browser keeps a token. */
  readonly tokenCookie: string;
  /** The rights of groups, by the configuration. */
  readonly groups: GroupBindings;
  /** Null without logins. */
  readonly logins: {
    readonly sessions: Sessions;
    readonly cookie: string;
    /** Checks a JWT and reads who it is about; null where none is taken. */
    readonly identityOfJwt: ((jwt: string) => Promise<Identity>) | null;
  } | null;
  readonly proxy: TrustedProxy | null;
}

interface By {
  /** Whether the request keeps a session from ending for want of use. */
  readonly isUse: boolean;
}

export class Callers {
  /** The caller who shows nothing. */
  readonly anonymous: Caller;
  readonly #tokens: KnownRecords<TokenRecord>;
  readonly #people: People;
  readonly #badTokens = new BadTokens();
  readonly #uses: TokenUses;

  /** @param anonymous what whoever shows nothing may do. */
  constructor(s3: Pick<S3Client, 'get' | 'put'>, anonymous: readonly Binding[], people: People) {
    this.anonymous = anonymousWith(anonymous);
    this.#tokens = new KnownRecords((id) => readToken(s3, id));
    this.#uses = new TokenUses(s3);
    this.#people = people;
  }

  /**
   * `Authorization`, which a request shows by itself, comes before that which a proxy or a browser adds to it.
   * @throws Problem `Unauthenticated` for a request that shows nobody known, `CsrfRequired` for one that changes something
   * by a cookie alone, `TooManyRequests` after many that show nobody; SluiceError `StorageUnavailable` or `LoginUnavailable` while nobody can tell.
   */
  async by(request: Request, { isUse }: By = { isUse: true }): Promise<Caller> {
    const ofProxy = this.#people.proxy?.personOf(request) ?? null;
    const authorization = request.get('authorization');
    if (authorization !== undefined) return await this.#byAuthorization(request, authorization, isUse);
    if (ofProxy) return this.#person(ofProxy, 'proxy', null);
    return (await this.#byCookie(request, isUse)) ?? (await this.#byTokenCookie(request)) ?? this.anonymous;
  }

  /** Finds out whose a token is. @throws Problem `Unauthenticated` for any other text. */
  async byToken(request: Request, text: string): Promise<Caller> {
    if (partsOf(text) === null) throw unknownCaller();
    return await this.#byAuthorization(request, `Bearer ${text}`, true);
  }

  /** Forgets what is known of a token, because this process has just changed it. */
  forget(id: string): void {
    this.#tokens.forget(id);
  }

  /** Slows down whoever tries what might be a secret. */
  async #byAuthorization(request: Request, authorization: string, isUse: boolean): Promise<Caller> {
    const [, text = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    const isKnownId = this.#tokens.has(partsOf(text)?.id) || this.#people.logins?.sessions.knows(text) === true;
    const caller = await this.#badTokens.check(addressOf(request), isKnownId, () => this.#byBearer(text, isUse));
    if (caller.token !== null) this.#uses.note(caller.token);
    return caller;
  }

  async #byBearer(text: string, isUse: boolean): Promise<Caller> {
    const { logins } = this.#people;
    if (logins?.identityOfJwt && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) {
      return this.#person(await logins.identityOfJwt(text), 'jwt', null);
    }
    const session = (await logins?.sessions.by(text, isUse)) ?? null;
    if (session) {
      const { id, expiresAt } = session.record;
      return this.#person(session.record, 'session', { id, expiresAt, csrf: null });
    }
    const parts = partsOf(text);
    const record = parts && (await this.#tokens.get(parts.id));
    // The answer is the same for all, so that nobody learns which ids exist.
    if (!parts || !record || !isSecretOf(record, parts.secret) || isExpired(record, Date.now())) throw unknownCaller();
    const { name, id, bindings, expiresAt } = record;
    return { name, method: 'token', token: id, bindings, expiresAt };
  }

  async #byCookie(request: Request, isUse: boolean): Promise<Caller | null> {
    const { logins } = this.#people;
    const text = logins && cookieIn(request.headers.cookie, logins.cookie);
    if (!logins || text === null) return null;
    const session = await this.#badTokens.check(addressOf(request), logins.sessions.knows(text), async () => {
      const found = await logins.sessions.by(text, isUse);
      if (found) return found;
      throw this.#forgetting(logins.cookie, new Problem('Unauthenticated', 'The session has ended: log in again'));
    });
    const csrf = csrfOf(session.secret);
    refuseWithoutCsrf(request, csrf);
    const { id, expiresAt } = session.record;
    return this.#person(session.record, 'session', { id, expiresAt, csrf });
  }

  async #byTokenCookie(request: Request): Promise<Caller | null> {
    const { tokenCookie } = this.#people;
    const text = cookieIn(request.headers.cookie, tokenCookie);
    if (text === null) return null;
    const caller = await this.byToken(request, text).catch((failure: unknown) => {
      const isUnknown = failure instanceof Problem && failure.code === 'Unauthenticated';
      throw isUnknown ? this.#forgetting(tokenCookie, failure) : failure;
    });
    const csrf = csrfOf(text);
    refuseWithoutCsrf(request, csrf);
    return { ...caller, csrf };
  }

  /**
   * The refusal takes the cookie away: no page can, and with it the browser would be refused also where anybody may read.
   */
  #forgetting(cookie: string, { code, message, hint, headers }: Problem): Problem {
    const removal = removalOf(this.#people.cookies, cookie);
    return new Problem(code, message, { hint, headers: { ...headers, 'Set-Cookie': removal } });
  }

  #person({ subject, name, groups }: Identity, method: Caller['method'], session: Person['session']): Caller {
    const bindings = bindingsOf(groups, this.#people.groups);
    return { name, method, token: null, bindings, person: { subject, groups, session } };
  }
}

/** Browsers send a cookie with whatever a page asks for, so a page must also show what only pages of this site can read. */
function refuseWithoutCsrf(request: Request, csrf: string): void {
  if (READING.includes(request.method) || isSameText(request.get(CSRF_HEADER) ?? '', csrf)) return;
  throw new Problem('CsrfRequired', `The header X-Sluice-CSRF is absent or not that of the session`);
}

export const unknownCaller = (): Problem =>
  new Problem('Unauthenticated', 'The token of the request is unknown, expired or revoked', {
    headers: { 'WWW-Authenticate': 'Bearer realm="sluice", error="invalid_token"' },
  });
