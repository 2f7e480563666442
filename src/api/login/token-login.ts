/**
 * Route that signs a person in with a token. The browser keeps the token in a cookie that no script reads, so that a page
 * never holds it, and streams, links and new tabs have it too. It ends when it is revoked, as everywhere.
 */
import { z } from 'zod';
import { addressOf } from '../http/address.ts';
import { invalidInput } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import type { LoginDependencies } from './browser-login.ts';
import { noSessionCookie, tokenCookieWith } from './logins.ts';

/** A working day: the token itself may last longer. */
const KEPT_SECONDS = 12 * 3_600;

const TokenLoginRequest = z.strictObject({
  token: z.string().min(1).max(200).describe('As `sluice token create` has shown it'),
});

export const tokenLoginRoutes = ({ logins, tokens, note }: LoginDependencies): Route[] => [
  route({
    method: 'post',
    path: '/login/token',
    operationId: 'logInWithToken',
    access: 'public',
    audited: 'byItself',
    tag: 'login',
    summary: 'Log in with a token in a browser, which keeps it in a cookie',
    body: { schema: TokenLoginRequest },
    answers: { 204: { description: 'The cookie is set; `GET /session` has the value for `X-Sluice-CSRF`' } },
    problems: ['Unauthenticated', 'TooManyRequests', 'StorageUnavailable'],
    async handle({ body, request, response, requestId }) {
      const parsed = TokenLoginRequest.safeParse(body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The request is wrong', parsed.error.issues);
      const { token: text } = parsed.data;
      const { name, token } = await tokens.callerOf(request, text);
      // A session comes before a token, also one that has ended.
      response.append('Set-Cookie', [tokenCookieWith(tokens, text, KEPT_SECONDS), ...noSessionCookie(logins)]);
      const event = { kind: 'login', door: 'browser', address: addressOf(request), requestId } as const;
      note({ ...event, subject: null, name, session: null, token, detail: null });
      return { status: 204, body: undefined };
    },
  }),
];
