/** An API with logins at a fake provider, and a browser as far as these tests need one. */
import { createIdentityProvider } from '../../../src/clients/oidc/identity-provider.ts';
import type { GroupBindings } from '../../../src/domain/access/identity.ts';
import type { ProxySettings } from '../../../src/domain/access/settings.ts';
import type { FakeS3 } from '../../fakes/s3.ts';
import { AUDIENCE, CLIENT, type FakeProvider } from '../../fakes/identity-provider.ts';
import { FakeGateway } from '../fake-gateway.ts';
import { startApp, type App, type Answered } from '../start-app.ts';

const GROUPS: GroupBindings = {
  'ads-streaming': [{ role: 'operator', teams: ['ads'] }],
  admins: [{ role: 'admin' }],
};
export const ADA = { sub: 'u-1', preferred_username: 'ada', groups: ['ads-streaming', 'all'] };

interface LoginWorld {
  readonly provider: FakeProvider;
  readonly s3: FakeS3;
  readonly gateway?: FakeGateway;
  readonly publicUrl?: string;
  readonly groups?: GroupBindings;
  readonly proxy?: ProxySettings | null;
  readonly takesJwts?: boolean;
  readonly installation?: string;
  readonly limits?: { readonly lifetimeMs: number; readonly idleMs: number };
}

export const startLoginApp = ({
  provider,
  s3,
  gateway = new FakeGateway(),
  publicUrl = 'http://127.0.0.1:8080',
  groups = GROUPS,
  proxy = null,
  takesJwts = true,
  installation = 'test',
  limits = { lifetimeMs: 3_600_000, idleMs: 600_000 },
}: LoginWorld): Promise<App> =>
  startApp({
    gateway,
    access: {
      anonymous: [],
      policy: {},
      tokens: s3,
      login: {
        installation,
        groups,
        proxy,
        oidc: {
          provider: createIdentityProvider({
            issuer: provider.issuer,
            clientId: CLIENT,
            clientSecret: undefined,
            scopes: ['openid'],
            algorithms: ['RS256', 'ES256'],
            audience: AUDIENCE,
          }),
          publicUrl,
          claims: { user: 'preferred_username', groups: 'groups' },
          takesJwts,
          limits,
        },
      },
    },
  });

/** `name=value` of a `Set-Cookie`. */
const pairOf = (setCookie: string): string => setCookie.split(';')[0] ?? '';

export interface Begun {
  readonly authorization: string;
  readonly cookie: string;
  readonly setCookie: string;
}

export async function begin(app: App, to?: string): Promise<Begun> {
  const query = to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
  const { status, headers, text } = await app.send(`/api/v1/login${query}`, { redirect: 'manual' });
  if (status !== 302) throw new Error(`${status} ${text}`);
  const [setCookie = ''] = headers.getSetCookie();
  return { authorization: headers.get('location') ?? '', cookie: pairOf(setCookie), setCookie };
}

/** The provider sends the browser back, with these cookies. */
export const comeBack = (app: App, { search }: URL, cookie?: string): Promise<Answered> =>
  app.send(`/api/v1/login/callback${search}`, { headers: cookie === undefined ? {} : { cookie } });

/** Logs in. @returns the cookie of the session, as it was set and as it is sent. */
export async function logIn(app: App, provider: FakeProvider, claims: object = ADA) {
  const { authorization, cookie } = await begin(app, '/jobs');
  const answered = await comeBack(app, provider.logIn(authorization, { ...claims }), cookie);
  const setCookie = answered.headers.getSetCookie().find((one) => !one.includes('sluice-login')) ?? '';
  return { ...answered, setCookie, cookie: pairOf(setCookie) };
}

export async function sessionOf(app: App, cookie: string) {
  const { status, text } = await app.send('/api/v1/session', { headers: { cookie } });
  return { status, ...(JSON.parse(text) as { csrf: string; name: string; method: string; groups: string[] }) };
}
