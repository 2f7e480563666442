/** Sessions of people: the text that a cookie or the CLI shows, and the record that Sluice keeps of it. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import { secretText } from '../secrets/secret-text.ts';

/** The record of a session, under its id. */
export const SessionRecord = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  /** sha256 of the secret, in hexadecimal. */
  hash: z.string(),
  /** The name of the person at the identity provider, which nobody else gets. */
  subject: z.string(),
  /** The name that the history shows. */
  name: z.string(),
  /** Groups at the time of the login. The configuration says at each request what they may do. */
  groups: z.array(z.string()),
  door: openEnum(['browser', 'cli'], 'cli'),
  createdAt: z.string(),
  /** The last use, to within a tenth of the idle time. */
  usedAt: z.string(),
  expiresAt: z.string(),
});
export type SessionRecord = z.output<typeof SessionRecord>;

export const { write: sessionTextOf, read: partsOfSession } = secretText('session');

/** Tells whether a session has ended by its age, or because nobody used it for the idle time. */
export const isOver = (
  { usedAt, expiresAt }: Pick<SessionRecord, 'usedAt' | 'expiresAt'>,
  at: number,
  idleMs: number,
): boolean => !(Date.parse(expiresAt) > at && Date.parse(usedAt) + idleMs > at);

/** Tells whether a use is worth a write: a session in use is written about ten times in its idle time. */
export const isUseToWrite = ({ usedAt }: Pick<SessionRecord, 'usedAt'>, at: number, idleMs: number): boolean =>
  at - Date.parse(usedAt) >= idleMs / 10;
