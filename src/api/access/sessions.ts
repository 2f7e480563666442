/** Opens, finds and ends the sessions of people. They are records in S3, so that every API of an installation knows them. */
import { randomBytes } from 'node:crypto';
import type { S3Client } from '../../clients/s3/s3.ts';
import type { Identity } from '../../domain/access/identity.ts';
import {
  isOver,
  isUseToWrite,
  partsOfSession,
  sessionTextOf,
  type SessionRecord,
} from '../../domain/access/sessions.ts';
import type { StoredRecord } from '../../records/record.ts';
import { createSession, listSessions, readSession, removeSession, writeUse } from '../../records/access/sessions.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import { KnownRecords } from './known-records.ts';
import { hashOf, isSecretOf, newSecret } from './secrets.ts';

export type SessionBucket = Pick<S3Client, 'get' | 'list' | 'putIfAbsent' | 'putIfMatch' | 'remove'>;

export interface SessionLimits {
  /** A session ends after this time, however much it is used. */
  readonly lifetimeMs: number;
  /** A session ends when nobody uses it for this time. */
  readonly idleMs: number;
}

export class Sessions {
  readonly #s3: SessionBucket;
  readonly #limits: SessionLimits;
  readonly #known: KnownRecords<StoredRecord<SessionRecord>>;

  constructor(s3: SessionBucket, limits: SessionLimits) {
    this.#s3 = s3;
    this.#limits = limits;
    this.#known = new KnownRecords((id) => readSession(s3, id));
  }

  /**
   * Opens a session with a new id and a new secret at each login. A session that somebody planted in a browser before the
   * login therefore stays without rights.
   */
  async open(
    identity: Identity,
    door: SessionRecord['door'],
  ): Promise<{ readonly record: SessionRecord; readonly text: string }> {
    await this.#sweep(identity.subject);
    const secret = newSecret();
    const now = Date.now();
    const record: SessionRecord = {
      version: 1,
      id: beginningOf(identity.subject) + randomBytes(8).toString('hex'),
      hash: hashOf(secret),
      ...identity,
      groups: [...identity.groups],
      door,
      createdAt: new Date(now).toISOString(),
      usedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + this.#limits.lifetimeMs).toISOString(),
    };
    await createSession(this.#s3, record);
    return { record, text: sessionTextOf(record.id, secret) };
  }

  /** Tells whether the session that a text names was there when it was last read; it may have ended, or be another's. */
  knows(text: string): boolean {
    return this.#known.has(partsOfSession(text)?.id);
  }

  /** @returns null for a text that shows no session, or one that has ended. */
  async by(text: string, isUse = true): Promise<{ readonly record: SessionRecord; readonly secret: string } | null> {
    const parts = partsOfSession(text);
    const stored = parts && (await this.#known.get(parts.id));
    if (!parts || !stored || !isSecretOf(stored.value, parts.secret)) return null;
    const now = Date.now();
    if (isOver(stored.value, now, this.#limits.idleMs)) return null;
    if (isUse && isUseToWrite(stored.value, now, this.#limits.idleMs)) await this.#noteUse(stored, now);
    return { record: stored.value, secret: parts.secret };
  }

  /** Ends one session. Every API of the installation refuses it within seconds, this one at once. */
  async end(id: string): Promise<void> {
    await removeSession(this.#s3, id);
    this.#known.forget(id);
  }

  /** Ends every session of a person. */
  async endAll(subject: string): Promise<void> {
    for (const { id } of await this.#sessionsOf(subject)) await this.end(id);
  }

  /** Without S3 the use is not noted, and the request goes on: reading the session has just succeeded. */
  async #noteUse(stored: StoredRecord<SessionRecord>, now: number): Promise<void> {
    this.#known.forget(stored.value.id);
    await writeUse(this.#s3, stored, new Date(now).toISOString()).catch(() => undefined);
  }

  /** Removes the ended sessions of a person, so that at most those of one lifetime are kept. */
  async #sweep(subject: string): Promise<void> {
    const now = Date.now();
    for (const record of await this.#sessionsOf(subject))
      if (isOver(record, now, this.#limits.idleMs)) await this.end(record.id);
  }

  async #sessionsOf(subject: string): Promise<SessionRecord[]> {
    const ids = await listSessions(this.#s3, beginningOf(subject));
    const stored = await inTurns(ids, (id) => readSession(this.#s3, id).catch(() => null));
    return stored.flatMap((one) => (one?.value.subject === subject ? [one.value] : []));
  }
}

const beginningOf = (subject: string): string => hashOf(subject).slice(0, 16);

/** The value that a page shows beside the cookie. It tells nothing of the secret, and a page of another site cannot read it. */
export const csrfOf = (secret: string): string => hashOf(`csrf ${secret}`).slice(0, 43);
