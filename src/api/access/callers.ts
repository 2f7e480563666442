/** Finds out who sends a request: by its token, or nobody known. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { S3Client } from '../../clients/s3/s3.ts';
import { anonymousWith, type Binding, type Caller } from '../../domain/access/decide.ts';
import { isExpired, partsOf, type TokenRecord } from '../../domain/access/tokens.ts';
import { FreshOnce } from '../../concurrency/fresh-once.ts';
import { readToken } from '../../records/tokens.ts';
import { Problem } from '../http/problem.ts';
import { BadTokens } from './bad-tokens.ts';
import { TokenUses } from './token-uses.ts';

/** A token that was revoked, by whichever API, is refused after this time at the latest. */
const KNOWN_FOR_MS = 2_000;
/** Tokens that are remembered; more are read from S3 each time. */
const MOST_KNOWN = 10_000;

interface Known {
  readonly record: TokenRecord | null;
  readonly readAt: number;
}

export class Callers {
  readonly #anonymous: Caller;
  readonly #known = new Map<string, Known>();
  readonly #reads: FreshOnce<TokenRecord | null>;
  readonly #badTokens = new BadTokens();
  readonly #uses: TokenUses;

  /** @param anonymous what whoever shows nothing may do. */
  constructor(s3: Pick<S3Client, 'get' | 'put'>, anonymous: readonly Binding[]) {
    this.#anonymous = anonymousWith(anonymous);
    this.#reads = new FreshOnce((id) => readToken(s3, id));
    this.#uses = new TokenUses(s3);
  }

  /**
   * @param authorization the header of this name.
   * @param address the place that the request comes from.
   * @throws Problem `Unauthenticated` for a header that shows nobody, `TooManyRequests` after many of them; SluiceError `StorageUnavailable` while nobody can
   * tell whether the token was revoked.
   */
  async by(authorization: string | undefined, address: string): Promise<Caller> {
    if (authorization === undefined) return this.#anonymous;
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    const parts = partsOf(token);
    const isKnownId = parts !== null && this.#known.get(parts.id)?.record != null;
    const caller = await this.#badTokens.check(address, isKnownId, () => this.#callerOf(parts));
    if (caller.token !== null) this.#uses.note(caller.token);
    return caller;
  }

  async #callerOf(parts: ReturnType<typeof partsOf>): Promise<Caller> {
    const record = parts && (await this.#record(parts.id));
    // The answer is the same for all, so that nobody learns which ids exist.
    if (!parts || !record || !isSecretOf(record, parts.secret) || isExpired(record, Date.now())) throw unknown();
    return { name: record.name, method: 'token', token: record.id, bindings: record.bindings };
  }

  /** Forgets what is known of a token, because this process has just changed it. */
  forget(id: string): void {
    this.#known.delete(id);
  }

  async #record(id: string): Promise<TokenRecord | null> {
    const known = this.#known.get(id);
    if (known && Date.now() - known.readAt < KNOWN_FOR_MS) return known.record;
    const readAt = Date.now();
    const record = await this.#reads.get(id);
    this.#known.delete(id);
    this.#known.set(id, { record, readAt });
    for (const [oldest] of this.#known) {
      if (this.#known.size <= MOST_KNOWN) break;
      this.#known.delete(oldest);
    }
    return record;
  }
}

/** 256 random bits. The underscore divides the parts of a token, so no secret has one. */
export const newSecret = (): string => randomBytes(32).toString('base64url').replaceAll('_', '-');

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const isSecretOf = ({ hash }: TokenRecord, secret: string): boolean =>
  timingSafeEqual(Buffer.from(hash.padEnd(64).slice(0, 64)), Buffer.from(hashOf(secret)));

const unknown = (): Problem =>
  new Problem('Unauthenticated', 'The token of the request is unknown, expired or revoked', {
    headers: { 'WWW-Authenticate': 'Bearer realm="sluice", error="invalid_token"' },
  });
