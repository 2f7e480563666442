/** Route that ends the session of the caller, or every session of the person. */
import { z } from 'zod';
import { addressOf } from '../http/address.ts';
import { invalidInput, Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { noLogins, type LoginDependencies } from './browser-login.ts';
import { noSessionCookie, tokenCookieWith } from './logins.ts';

const LogoutRequest = z.strictObject({
  everywhere: z.boolean().default(false).describe('Ends every session of the person, in browsers and terminals'),
});

export const logoutRoutes = ({ logins, tokens, note }: LoginDependencies): Route[] => [
  route({
    method: 'post',
    path: '/logout',
    operationId: 'logOut',
    access: 'known',
    audited: 'byItself',
    tag: 'login',
    summary: 'End the session: every API of the installation refuses it within seconds',
    body: { schema: LogoutRequest, optional: true },
    answers: { 204: { description: 'It has ended' } },
    problems: ['NotFound', 'CsrfRequired', 'StorageUnavailable'],
    async handle({ body = {}, caller: { name, person, token, csrf }, request, response, requestId }) {
      const parsed = LogoutRequest.safeParse(body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The request is wrong', parsed.error.issues);
      const address = addressOf(request);
      // Each of the two cookies would sign the person in again without the other.
      const forget = (): void =>
        void response.append('Set-Cookie', [...noSessionCookie(logins), tokenCookieWith(tokens, '', 0)]);
      if (csrf !== undefined) {
        forget();
        const event = { kind: 'logout', door: 'browser', subject: null, session: null, detail: null } as const;
        note({ ...event, name, token, address, requestId });
        return { status: 204, body: undefined };
      }
      if (!logins) throw noLogins();
      if (!person?.session) throw new Problem('InvalidRequest', 'The request shows no session that could end');
      const { subject, session } = person;
      const { everywhere } = parsed.data;
      if (everywhere) await logins.sessions.endAll(subject);
      await logins.sessions.end(session.id);
      const door = session.csrf === null ? 'cli' : 'browser';
      if (door === 'browser') forget();
      const detail = everywhere ? 'every session of the person' : null;
      note({ kind: 'logout', door, subject, name, session: session.id, detail, address, requestId });
      return { status: 204, body: undefined };
    },
  }),
];
