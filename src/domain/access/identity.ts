/** Reads who a person or a program is from the claims of the identity provider. */
import { isVisible } from '../input/field-schemas.ts';
import { clip } from '../values/clip.ts';
import { isMap } from '../values/is-map.ts';
import type { Binding } from './decide.ts';

/** Claims of a JWT after its signature, issuer, audience and times were checked. */
export type Claims = Readonly<Record<string, unknown>>;

export interface Identity {
  /** The name that the provider never gives to anybody else. */
  readonly subject: string;
  /** The name that people read. */
  readonly name: string;
  readonly groups: readonly string[];
}

/** Names of the claims that an installation reads. */
export interface ClaimNames {
  readonly user: string;
  readonly groups: string;
}

const LONGEST_NAME = 100;
const LONGEST_GROUP = 200;
/** More groups than a provider puts into a token. */
const MOST_GROUPS = 1_000;

/** @returns why nobody is known by the claims, or who is. */
export function identityOf(
  claims: Claims,
  names: ClaimNames,
): { readonly ok: true; readonly identity: Identity } | { readonly ok: false; readonly why: string } {
  const subject = nameOf(claims['sub']);
  if (subject === null) return { ok: false, why: 'the claim sub is absent' };
  // An address that nobody has confirmed may be that of somebody else.
  if (names.user === 'email' && claims['email_verified'] === false)
    return { ok: false, why: 'the provider has not verified the claim email' };
  return {
    ok: true,
    identity: {
      subject,
      name: nameOf(claimOf(claims, names.user)) ?? subject,
      groups: groupsOf(claimOf(claims, names.groups)),
    },
  };
}

/** Finds a claim by its name, else by its path, because names of claims may have dots themselves. */
function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>((inner, part) => (isMap(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined), claims);
}

const nameOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' && isVisible(value) ? clip(value.trim(), LONGEST_NAME) : null;

const groupsOf = (value: unknown): string[] =>
  [value]
    .flat()
    .filter((group): group is string => typeof group === 'string' && group !== '' && group.length <= LONGEST_GROUP)
    .slice(0, MOST_GROUPS);

/** The bindings that groups have by the configuration. */
export type GroupBindings = Readonly<Record<string, readonly Binding[]>>;

/** Every binding of these groups. A group that the configuration does not name gives no right. */
export const bindingsOf = (groups: readonly string[], table: GroupBindings): Binding[] =>
  [...new Set(groups)].flatMap((group) => (Object.hasOwn(table, group) ? (table[group] ?? []) : []));
