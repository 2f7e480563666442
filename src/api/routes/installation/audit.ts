/** Routes of the audit log of the installation, for admins. */
import { once } from 'node:events';
import type { Response } from 'express';
import { z } from 'zod';
import { auditOutcomes } from '../../../domain/access/audit.ts';
import { JobName } from '../../../domain/identity/job-name.ts';
import { text } from '../../../domain/input/field-schemas.ts';
import { AuditList } from '../../access-contract.ts';
import { exportAudit, readAuditPage } from '../../audit/read-audit.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { pageQuery } from '../../http/paging.ts';
import { ok, route, type Route } from '../../http/route.ts';

const access = { permission: 'audit', of: 'installation' } as const;
const LINES = 'application/x-ndjson';

/** Times of the log are in UTC, and are compared as texts. */
const Time = z.iso
  .datetime({ offset: true })
  .transform((time) => new Date(time).toISOString())
  // Beyond these years ISO 8601 has a sign, and sorts elsewhere.
  .refine((time) => /^\d/.test(time), 'must be in the years 0000 to 9999 of UTC');
const span = {
  since: Time.optional().describe('From this time on, ISO 8601'),
  until: Time.optional().describe('Before this time, ISO 8601'),
};
const listQuery = z.strictObject({
  ...span,
  subject: text(100).optional().describe('The authenticated name'),
  job: JobName.optional(),
  outcome: z.enum(auditOutcomes).optional(),
  ...pageQuery,
});

export const auditRoutes = ({ audit: { s3 } }: RouteDependencies): Route[] => [
  route({
    method: 'get',
    path: '/audit',
    operationId: 'listAudit',
    access,
    tag: 'access',
    summary: 'The audit log of the installation, newest first. A page may be short and still have a cursor',
    query: listQuery,
    answers: { 200: { description: 'Entries', schema: AuditList } },
    problems: ['InvalidRequest', 'StorageUnavailable'],
    handle: async ({ query }) => ok(await readAuditPage(s3, query)),
  }),
  route({
    method: 'get',
    path: '/audit/export',
    operationId: 'exportAudit',
    access,
    tag: 'access',
    summary: 'The audit log as JSON lines, oldest first',
    query: z.strictObject(span),
    answers: { 200: { description: 'An entry in each line', contentType: LINES } },
    problems: ['InvalidRequest', 'StorageUnavailable'],
    async handle({ query, request, response, renew }) {
      const isLetIn = everyTwoSeconds(async () => (await renew())('audit', null));
      const begin = (): void => {
        if (!response.headersSent) response.writeHead(200, { 'Content-Type': LINES, 'Cache-Control': 'no-store' });
      };
      if (request.method !== 'HEAD')
        await exportAudit(s3, query, async (lines) => {
          begin(); // not before S3 has answered, so that its silence is a problem
          return (await isLetIn()) && (await written(response, lines));
        });
      begin();
      response.end();
      return null;
    },
  }),
];

const LOOK_AT_RIGHT_MS = 2_000;

/** Asks again whether a long answer may go on; not more often than a right is read anew. */
function everyTwoSeconds(ask: () => Promise<boolean>): () => Promise<boolean> {
  let lookedAt = Date.now();
  return async () => {
    if (Date.now() - lookedAt < LOOK_AT_RIGHT_MS) return true;
    lookedAt = Date.now();
    return await ask();
  };
}

/** @returns false when the reader is gone. */
async function written(response: Response, lines: string): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.write(lines)) return true;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once('close', leave);
  try {
    await once(response, 'drain', { signal: gone.signal });
    return true;
  } catch {
    return false; // the connection was closed, or broke
  } finally {
    response.off('close', leave);
  }
}
