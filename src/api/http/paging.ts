/** Pages lists by `limit` and `cursor`. A cursor names the last item that was seen, so that lists may grow meanwhile. */
import { z } from 'zod';
import type { Page } from '../contract.ts';
import { Problem } from './problem.ts';

const MOST_ITEMS = 200;

/** Query parameters of every list. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MOST_ITEMS, `must be from 1 to ${MOST_ITEMS}`)
    .optional()
    .describe(`Number of items, at most ${MOST_ITEMS}; default 50`),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before'),
};

export const DEFAULT_LIMIT = 50;

export interface PageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Cuts the page that comes after the cursor out of a sorted list. */
export function pageOf<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  comesAfter: (key: string, cursor: string) => boolean,
  { limit = DEFAULT_LIMIT, cursor }: PageRequest,
): Page<T> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const rest = after === undefined ? sorted : sorted.filter((item) => comesAfter(keyOf(item), after));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: last !== undefined && rest.length > limit ? encodeCursor(keyOf(last)) : null };
}

export const ascending = (key: string, cursor: string): boolean => key > cursor;
export const descending = (key: string, cursor: string): boolean => key < cursor;

export const encodeCursor = (key: string): string => Buffer.from(key, 'utf8').toString('base64url');

export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (encodeCursor(key) === cursor) return key;
  throw new Problem('InvalidRequest', 'cursor: must be the nextCursor of an answer of this same list');
}
