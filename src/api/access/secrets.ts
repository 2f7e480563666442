/** Secrets of tokens and sessions. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits. The underscore divides the parts of a token, so no secret has one. */
export const newSecret = (): string => randomBytes(32).toString('base64url').replaceAll('_', '-');

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const isSecretOf = ({ hash }: { readonly hash: string }, secret: string): boolean =>
  isSameText(hash, hashOf(secret));

/** Compares in the same time wherever two texts differ. */
export const isSameText = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)));
