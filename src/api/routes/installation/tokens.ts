/** Routes of tokens: made, listed and revoked by admins. */
import { randomBytes } from 'node:crypto';
import { tokenOf, TokenRequest, type TokenRecord } from '../../../domain/access/tokens.ts';
import { createToken, listTokens, readToken, readTokenUse, removeToken } from '../../../records/access/tokens.ts';
import { TokenCreated, TokenList, type TokenItem } from '../../access-contract.ts';
import { inTurns } from '../../../concurrency/in-turns.ts';
import type { Access, RouteDependencies } from '../../dependencies.ts';
import { hashOf, newSecret } from '../../access/secrets.ts';
import { invalidInput, Problem } from '../../http/problem.ts';
import { ok, route, type Call, type Route } from '../../http/route.ts';

const access = { permission: 'tokens', of: 'installation' } as const;

export const tokenRoutes = ({ access: { tokens }, callers }: RouteDependencies): Route[] => [
  route({
    method: 'post',
    path: '/tokens',
    operationId: 'createToken',
    access,
    tag: 'access',
    summary: 'Make a token; its secret is shown this once',
    body: { schema: TokenRequest },
    answers: { 201: { description: 'The token', schema: TokenCreated } },
    problems: ['StorageUnavailable'],
    async handle({ body, caller, trace }) {
      const parsed = TokenRequest.safeParse(body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The token is wrong', parsed.error.issues);
      const { name, bindings } = parsed.data;
      const expiresAt = expiryOf(parsed.data.expiresAt, caller);
      const { record, token } = newToken({ name, bindings, expiresAt, createdBy: caller.name });
      await trace(record.id);
      if (!(await createToken(tokens, record))) throw new Problem('Conflict', `There is a token ${record.id} already`);
      return {
        status: 201,
        body: { ...itemOf(record, null), token },
        headers: { Location: `/api/v1/tokens/${record.id}` },
      };
    },
  }),
  route({
    method: 'get',
    path: '/tokens',
    operationId: 'listTokens',
    access,
    tag: 'access',
    summary: 'Tokens, without their secrets',
    answers: { 200: { description: 'All of them, by id', schema: TokenList } },
    problems: ['RecordInvalid', 'StorageUnavailable'],
    async handle() {
      const items = await inTurns(await listTokens(tokens), (id) => read(tokens, id));
      return ok({ items: items.filter((item) => item !== null), nextCursor: null });
    },
  }),
  route({
    method: 'delete',
    path: '/tokens/{id}',
    operationId: 'revokeToken',
    access,
    tag: 'access',
    summary: 'Revoke a token: every API of the installation refuses it within seconds',
    answers: { 204: { description: 'It is revoked' } },
    problems: ['NotFound', 'InvalidRequest', 'StorageUnavailable'],
    async handle({ params: { id = '' }, trace }) {
      const known = /^[a-z0-9]{1,32}$/.test(id) ? await readToken(tokens, id) : null;
      if (!known) throw new Problem('NotFound', 'There is no token with this id');
      await trace(id);
      await removeToken(tokens, id);
      callers.forget(id);
      return { status: 204, body: undefined };
    },
  }),
];

/**
 * The end of a new token. A token that could make one which outlasts itself would have no end, because it could be replaced
 * for ever; a person makes tokens that outlast the session.
 * @throws Problem `InvalidRequest`.
 */
function expiryOf(asked: string | undefined, { name, expiresAt: own = null }: Call['caller']): string | null {
  if (asked !== undefined && Date.parse(asked) <= Date.now())
    throw new Problem('InvalidRequest', `expiresAt: ${asked} is over already`);
  if (own === null || asked === undefined) return asked ?? own;
  if (Date.parse(asked) <= Date.parse(own)) return asked;
  throw new Problem(
    'InvalidRequest',
    `expiresAt: ${asked} is after ${own}, when token ${name} itself expires, and no token makes one that outlasts it`,
  );
}

async function read(tokens: Access['tokens'], id: string): Promise<TokenItem | null> {
  const [record, usedAt] = await Promise.all([readToken(tokens, id), readTokenUse(tokens, id)]);
  return record && itemOf(record, usedAt);
}

const itemOf = (
  { id, name, bindings, createdAt, createdBy, expiresAt }: TokenRecord,
  lastUsedAt: string | null,
): TokenItem => ({
  id,
  name,
  bindings,
  createdAt,
  createdBy,
  expiresAt,
  lastUsedAt,
});

/** Makes a token and its record. Only the record is kept. */
function newToken(
  given: Pick<TokenRecord, 'name' | 'bindings' | 'expiresAt' | 'createdBy'>,
  id: string = randomBytes(8).toString('hex'),
): { readonly record: TokenRecord; readonly token: string } {
  const secret = newSecret();
  const record = { version: 1 as const, id, hash: hashOf(secret), createdAt: new Date().toISOString(), ...given };
  return { record, token: tokenOf(id, secret) };
}
