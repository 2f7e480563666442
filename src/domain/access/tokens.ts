/** Tokens: the text that a caller shows, and the record that Sluice keeps of it, which cannot be turned back into the text. */
import { z } from 'zod';
import { text } from '../input/field-schemas.ts';
import { Binding } from './decide.ts';
import { roles } from './permissions.ts';
import { secretText } from '../secrets/secret-text.ts';

/** A binding as it was checked when the token was made. */
const StoredBinding = z.strictObject({
  role: z.enum(roles),
  jobs: z.array(z.string()).optional(),
  environments: z.array(z.string()).optional(),
  teams: z.array(z.string()).optional(),
});

/** The record of a token, under its id. */
export const TokenRecord = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  /** sha256 of the secret, in hexadecimal. A secret of 256 random bits needs no slower function. */
  hash: z.string(),
  bindings: z.array(StoredBinding),
  createdAt: z.string(),
  /** The name of the caller who made it; null for the first one of an installation. */
  createdBy: z.string().nullable(),
  /** ISO 8601; null: it lasts until it is revoked. */
  expiresAt: z.string().nullable(),
});
export type TokenRecord = z.output<typeof TokenRecord>;

/** The time at which a token was last used, to some minutes. */
export const TokenUse = z.strictObject({ version: z.literal(1), usedAt: z.string() });
export type TokenUse = z.output<typeof TokenUse>;

export const TokenRequest = z.strictObject({
  name: text(100).describe('Who or what uses it, such as ci-clicks: the history shows this name'),
  bindings: z.array(Binding).min(1).max(50),
  expiresAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Without it, the token lasts until it is revoked, or as long as the token that makes it'),
});

/** The id of the token that an installation makes at its first start. */
export const FIRST_TOKEN = 'first';

export const { write: tokenOf, read: partsOf } = secretText('token');

export const isExpired = ({ expiresAt }: Pick<TokenRecord, 'expiresAt'>, at: number): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= at;
