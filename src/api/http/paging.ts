/**
 * Pages lists by `limit` and `cursor`. A cursor names its list and the key of the last item that was seen, so that lists may
 * grow meanwhile. Routes see keys only: the application opens the cursor of each query and seals the one of each answer.
 */
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
    .meta({
      description: `Number of items, at most ${MOST_ITEMS}; default 50`,
      inOpenApi: { type: 'integer', minimum: 1, maximum: MOST_ITEMS },
    }),
  cursor: z.string().max(1_000).optional().describe('`nextCursor` of the page before'),
};

export const DEFAULT_LIMIT = 50;

export interface PageRequest {
  readonly limit?: number | undefined;
  /** The key of the last item of the page before. */
  readonly cursor?: string | undefined;
}

/** Cuts the page that comes after the cursor out of a sorted list. */
export function pageOf<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  comesAfter: (key: string, cursor: string) => boolean,
  { limit = DEFAULT_LIMIT, cursor }: PageRequest,
): Page<T> {
  const rest = cursor === undefined ? sorted : sorted.filter((item) => comesAfter(keyOf(item), cursor));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: last !== undefined && rest.length > limit ? keyOf(last) : null };
}

export const ascending = (key: string, cursor: string): boolean => key > cursor;
export const descending = (key: string, cursor: string): boolean => key < cursor;

/**
 * Replaces the cursor of a query by the key that `pageOf` needs.
 * @throws Problem for a cursor that this list has not given out, because the keys of lists have different orders.
 */
export function openCursor(list: string, query: unknown): unknown {
  if (!has(query, 'cursor') || typeof query.cursor !== 'string') return query;
  const text = Buffer.from(query.cursor, 'base64url').toString('utf8');
  const key = text.slice(list.length + 1);
  if (encode(list, key) === query.cursor) return { ...query, cursor: key };
  throw new Problem('InvalidRequest', 'cursor: must be the nextCursor of an answer of this same list');
}

/** Puts the name of the list into the cursor of its answer; leaves other answers as they are. */
export function sealCursor(list: string, body: unknown): unknown {
  if (!has(body, 'nextCursor') || typeof body.nextCursor !== 'string') return body;
  return { ...body, nextCursor: encode(list, body.nextCursor) };
}

const encode = (list: string, key: string): string => Buffer.from(`${list}\n${key}`, 'utf8').toString('base64url');

const has = <Key extends string>(value: unknown, key: Key): value is Readonly<Record<Key, unknown>> =>
  typeof value === 'object' && value !== null && key in value;
