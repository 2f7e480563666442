/**
 * Routes of a login in a terminal. The API runs the device flow on behalf of the CLI, so that no token of the provider
 * reaches the machine of the person, and the CLI trusts no address of a provider that it was told.
 */
import { z } from 'zod';
import { isCode } from '../../domain/errors/errors.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { DeviceLoginBody, DeviceSession } from '../access-contract.ts';
import { addressOf } from '../http/address.ts';
import { invalidInput } from '../http/problem.ts';
import { ok, route, type Route } from '../http/route.ts';
import { nobody, noLogins, type LoginDependencies } from './browser-login.ts';

const NoFields = z.strictObject({});
const DeviceTokenRequest = z.strictObject({
  deviceCode: z.string().min(1).max(2_000).describe('As `POST /login/device` answered it'),
});

export const deviceLoginRoutes = ({ logins, note }: LoginDependencies): Route[] => [
  route({
    method: 'post',
    path: '/login/device',
    operationId: 'beginDeviceLogin',
    access: 'public',
    audited: 'never',
    tag: 'login',
    summary: 'Begin a login in a terminal: a person opens the address in any browser and types the code',
    body: { schema: NoFields, optional: true },
    answers: { 200: { description: 'The code, and how often to ask', schema: DeviceLoginBody } },
    problems: ['NotFound', 'LoginUnavailable', 'LoginDenied'],
    async handle() {
      if (!logins) throw noLogins();
      return ok(await logins.provider.beginDevice());
    },
  }),
  route({
    method: 'post',
    path: '/login/device/token',
    operationId: 'pollDeviceLogin',
    access: 'public',
    audited: 'byItself',
    tag: 'login',
    summary: 'Ask whether the person has logged in; the answer then has the session, shown this once',
    body: { schema: DeviceTokenRequest },
    answers: {
      200: { description: 'The session', schema: DeviceSession },
      202: { description: 'Not yet: ask again after the interval', schema: z.object({ slowDown: z.boolean() }) },
    },
    problems: ['NotFound', 'LoginUnavailable', 'LoginDenied', 'StorageUnavailable'],
    async handle({ body, request, requestId }) {
      if (!logins) throw noLogins();
      const parsed = DeviceTokenRequest.safeParse(body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The request is wrong', parsed.error.issues);
      const event = { door: 'cli', address: addressOf(request), requestId } as const;
      try {
        const claims = await logins.provider.pollDevice(parsed.data.deviceCode);
        if (claims === 'pending' || claims === 'slowDown')
          return { status: 202, body: { slowDown: claims === 'slowDown' } };
        const { record, text } = await logins.sessions.open(logins.identityOf(claims), 'cli');
        const { subject, name, id, expiresAt } = record;
        note({ ...event, kind: 'login', subject, name, session: id, detail: null });
        return ok({ session: text, name, expiresAt });
      } catch (failure) {
        if (isCode(failure, 'LoginDenied')) note({ ...event, kind: 'denied', ...nobody, detail: messageOf(failure) });
        throw failure;
      }
    },
  }),
];
