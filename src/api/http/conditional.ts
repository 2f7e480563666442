/** Answers that a caller may have already: their `ETag`, and 304 in place of a body. */
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/** Sends JSON with a weak `ETag`, or 304 where the request has it. The times of the answer itself are no part of it. */
export function sendConditional(request: Request, response: Response, body: unknown): void {
  const etag = `W/"${createHash('sha256').update(stableText(body)).digest('base64url').slice(0, 27)}"`;
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', 'private, no-cache');
  response.vary('Authorization');
  response.vary('Cookie');
  const known = (request.get('if-none-match') ?? '').split(',').map((one) => one.trim());
  if (known.includes(etag) || known.includes('*')) response.status(304).end();
  else response.json(body);
}

const stableText = (body: unknown): string =>
  JSON.stringify(body, (key, value: unknown) => (key === 'asOf' || key === 'since' ? undefined : value));
