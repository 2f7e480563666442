/** The part of the configuration that says who may do what, and how people log in. */
import { z } from 'zod';
import { duration, text } from '../input/field-schemas.ts';
import { isLoopback } from '../values/loopback.ts';
import { Binding } from './decide.ts';
import { permissionNames, roles } from './permissions.ts';

/** Algorithms with a public key. With `none` or a shared secret, whoever knows the public key could sign. */
const signatureAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const; // prettier-ignore

/** An address over https; over plain http only on loopback, because codes, tokens and cookies go there. */
const secureUrl = z
  .string()
  .refine(
    (value) => URL.canParse(value) && isSecure(new URL(value)),
    'must be an https:// address, or http:// on loopback',
  );

const isSecure = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));

/** The address under which browsers reach the API; it has no path of its own. */
export const PublicUrl = secureUrl
  .refine((value) => URL.canParse(value) && new URL(value).href === `${new URL(value).origin}/`, 'must have no path')
  .transform((value) => new URL(value).origin);

const Oidc = z
  .strictObject({
    issuer: secureUrl,
    clientId: text(200),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope'))
      .default(['openid', 'profile', 'email'])
      .refine((scopes) => scopes.includes('openid'), 'must include openid'),
    claims: z
      .strictObject({ user: text(200).default('preferred_username'), groups: text(200).default('groups') })
      .prefault({}),
    /** Audience of the bearer JWTs of programs; without one, none is taken. */
    audience: text(200).optional(),
    algorithms: z.array(z.enum(signatureAlgorithms)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
    session: z
      .strictObject({ lifetime: duration('5m', '30d').default('12h'), idle: duration('1m', '30d').default('2h') })
      .prefault({}),
  })
  .refine(({ audience, clientId }) => audience !== clientId, {
    path: ['audience'],
    message: 'must not be the clientId, or an ID token from a login would be taken as a bearer token',
  });

const HeaderName = z
  .string()
  .regex(/^[a-z0-9-]{1,100}$/i, 'must be the name of a header')
  .transform((name) => name.toLowerCase())
  .refine(
    (name) => !['authorization', 'cookie', 'host', 'origin'].includes(name),
    'must be a header that only the proxy sets',
  );

/** An IP address, or a network of them. */
const Network = z
  .union(
    [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
    'must be an address such as 10.0.0.7, or a network such as 10.0.0.0/29',
  )
  .refine((network) => !network.endsWith('/0'), 'must not be every address');

const Proxy = z.strictObject({
  addresses: z.array(Network).min(1),
  userHeader: HeaderName,
  groupsHeader: HeaderName.optional(),
});
export type ProxySettings = z.output<typeof Proxy>;

/** The environments that most companies call so. */
export const CONFIRMED = { environments: ['prod*'] };

const Confirm = z.strictObject({
  /** Environments in which people say why, and type the name of a job before anything is lost. */
  environments: z
    .array(z.string().regex(/^[-a-z0-9*]{1,63}$/, 'must be an environment in which * stands for any characters'))
    .max(50)
    .default(CONFIRMED.environments),
});
export type ConfirmSettings = Readonly<z.output<typeof Confirm>>;

/** Rights that no token gives, and what each permission takes. */
export const AccessSettings = z.strictObject({
  /** The role of whoever shows nothing; it may read only. */
  anonymous: z.enum(['none', 'viewer']).default('none'),
  /** Says a second time that strangers on the network may read. */
  anonymousBeyondLoopback: z.boolean().default(false),
  /** Lowest roles of permissions, where they differ from the usual ones: `discardState: deployer`. */
  policy: z.partialRecord(z.enum(permissionNames), z.enum(roles)).default({}),
  confirm: Confirm.prefault({}),
  /** Rights of the groups that the identity provider or the trusted proxy names. */
  groups: z.record(z.string(), z.array(Binding).min(1).max(50)).default({}),
  oidc: Oidc.optional(),
  proxy: Proxy.optional(),
});
export type AccessSettings = z.output<typeof AccessSettings>;

interface Listener {
  readonly host: string;
  readonly publicUrl?: string | undefined;
}

/** Combinations of settings with which the API does not start, each with its field. */
export function problemsOfAccess(
  { anonymous, anonymousBeyondLoopback, oidc, policy }: AccessSettings,
  { host, publicUrl }: Listener,
): readonly { readonly path: readonly string[]; readonly message: string }[] {
  const isOpen = anonymous !== 'none' && !isLoopback(host) && !anonymousBeyondLoopback;
  return [
    ...(isOpen
      ? [
          {
            path: ['access', 'anonymous'],
            message: `${anonymous} would open reading to the whole network, because api.host is ${host}: set access.anonymousBeyondLoopback to true if you want that`,
          },
        ]
      : []),
    ...(policy.tokens !== undefined && policy.tokens !== 'admin'
      ? [
          {
            path: ['access', 'policy', 'tokens'],
            message: 'must stay admin: whoever makes tokens can make one with every right',
          },
        ]
      : []),
    ...(oidc && publicUrl === undefined
      ? [{ path: ['api', 'publicUrl'], message: 'is needed for access.oidc: the provider sends people back to it' }]
      : []),
  ];
}
