/** Routes of a login in a browser: authorization code with PKCE. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Transaction } from '../../clients/oidc/identity-provider.ts';
import { isCode } from '../../domain/errors/errors.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { cookieIn, cookieOf } from '../access/cookies.ts';
import { LoginMethods } from '../access-contract.ts';
import { API_PREFIX } from '../contract.ts';
import { addressOf } from '../http/address.ts';
import { Problem } from '../http/problem.ts';
import { ok, route, type Answer, type Route } from '../http/route.ts';
import type { LoginEvent, NoteLogin } from './login-events.ts';
import { deniedPage, signedInPage } from './login-pages.ts';
import type { Logins, TokenLogins } from './logins.ts';
import { ownPath } from './own-path.ts';

const LOGIN_PATH = `${API_PREFIX}/login`;
const CALLBACK_PATH = `${LOGIN_PATH}/callback`;
const TRANSACTION_SECONDS = 600;
/** A page that exists without the console. */
const DEFAULT_TO = '/docs';
const HTML = 'text/html; charset=utf-8';

/** The cookie that ties the answer of the provider to the browser that asked. */
const TransactionCookie = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: z.string(),
});
type Begun = Transaction & { readonly to: string };

export interface LoginDependencies {
  readonly logins: Logins | null;
  readonly tokens: TokenLogins;
  /** Whether a trusted proxy logs people in. */
  readonly hasProxy: boolean;
  readonly note: NoteLogin;
}

export const noLogins = (): Problem => new Problem('NotFound', 'This installation has no logins: use a token');

const To = z
  .string()
  .max(2_000)
  .refine((to) => ownPath(to) !== null, 'must be a path of this site, such as /jobs');

export const browserLoginRoutes = (dependencies: LoginDependencies): Route[] => [
  methodsRoute(dependencies),
  route({
    method: 'get',
    path: '/login',
    operationId: 'logIn',
    access: 'public',
    tag: 'login',
    summary: 'Log in with a browser: go on to the identity provider',
    query: z.strictObject({ to: To.optional().describe('Path of this site to show afterwards') }),
    answers: { 302: { description: 'The browser goes on to the identity provider', contentType: 'text/html' } },
    problems: ['InvalidRequest', 'NotFound', 'LoginUnavailable'],
    async handle({ query: { to = DEFAULT_TO }, response }) {
      const { logins } = dependencies;
      if (!logins) throw noLogins();
      const { url, transaction } = await logins.provider.begin(logins.publicUrl + CALLBACK_PATH);
      setTransaction(response, logins, { ...transaction, to });
      return { status: 302, body: '', contentType: HTML, headers: { Location: url } };
    },
  }),
  route({
    method: 'get',
    path: '/login/callback',
    operationId: 'finishLogin',
    access: 'public',
    tag: 'login',
    summary: 'The identity provider sends the browser here; it changes something, because the protocol has it so',
    query: z.looseObject({}),
    answers: {
      200: { description: 'A page that goes on by itself', contentType: 'text/html' },
      403: { description: 'A page that says why the person is not signed in', contentType: 'text/html' },
      503: { description: 'A page that says that the provider does not answer', contentType: 'text/html' },
    },
    problems: ['NotFound', 'StorageUnavailable'],
    handle: ({ request, response, requestId }) => finish(dependencies, { request, response, requestId }),
  }),
];

const methodsRoute = ({ logins, hasProxy }: LoginDependencies): Route =>
  route({
    method: 'get',
    path: '/login/methods',
    operationId: 'listLoginMethods',
    access: 'public',
    tag: 'login',
    summary: 'The ways in which people can log in',
    answers: { 200: { description: 'The ways, also for strangers', schema: LoginMethods } },
    problems: [],
    handle: () => ok({ browser: logins ? LOGIN_PATH : null, device: logins !== null, proxy: hasProxy }),
  });

interface Call {
  readonly request: Request;
  readonly response: Response;
  readonly requestId: string;
}

async function finish({ logins, note }: LoginDependencies, { request, response, requestId }: Call): Promise<Answer> {
  if (!logins) throw noLogins();
  const begun = transactionOf(request, logins);
  setTransaction(response, logins, null);
  const event = { door: 'browser', address: addressOf(request), requestId } as const;
  const refused = (detail: string, status: number): Answer => {
    note({ ...event, kind: 'denied', ...nobody, detail });
    const to = encodeURIComponent(begun?.to ?? DEFAULT_TO);
    const body = deniedPage(detail, `${logins.publicUrl}${LOGIN_PATH}?to=${to}`);
    return { status, body, contentType: HTML };
  };
  if (!begun) return refused('the login began in another browser, or more than ten minutes ago', 403);
  try {
    const identity = logins.identityOf(await logins.provider.finish(answerOf(request, logins), begun));
    const { record, text } = await logins.sessions.open(identity, 'browser');
    const maxAgeSeconds = (Date.parse(record.expiresAt) - Date.now()) / 1_000;
    const options = { path: '/', sameSite: 'Strict', maxAgeSeconds } as const;
    response.append('Set-Cookie', cookieOf(logins.cookies, logins.cookies.session, text, options));
    note({ ...event, kind: 'login', subject: record.subject, name: record.name, session: record.id, detail: null });
    return { status: 200, body: signedInPage(record.name, ownPath(begun.to) ?? DEFAULT_TO), contentType: HTML };
  } catch (failure) {
    if (isCode(failure, 'LoginDenied')) return refused(messageOf(failure), 403);
    if (isCode(failure, 'LoginUnavailable')) return refused(messageOf(failure), 503);
    throw failure;
  }
}

export const nobody = { subject: null, name: null, session: null } satisfies Partial<LoginEvent>;

/** The address to which the provider has sent the browser, under the public name, which a proxy may have replaced. */
const answerOf = ({ originalUrl }: Request, { publicUrl }: Logins): URL =>
  new URL(publicUrl + CALLBACK_PATH + new URL(originalUrl, publicUrl).search);

/** `Lax`, because the provider is another site: browsers send no `Strict` cookie with its answer. */
function setTransaction(response: Response, { cookies }: Logins, begun: Begun | null): void {
  const value = begun ? Buffer.from(JSON.stringify(begun)).toString('base64url') : '';
  const maxAgeSeconds = begun ? TRANSACTION_SECONDS : 0;
  const options = { path: CALLBACK_PATH, sameSite: 'Lax', maxAgeSeconds } as const;
  response.append('Set-Cookie', cookieOf(cookies, cookies.transaction, value, options));
}

function transactionOf({ headers }: Request, { cookies }: Logins): Begun | null {
  const value = cookieIn(headers.cookie, cookies.transaction);
  try {
    return TransactionCookie.parse(JSON.parse(Buffer.from(value ?? '', 'base64url').toString()));
  } catch {
    return null; // nobody but the browser is asked what it holds
  }
}
