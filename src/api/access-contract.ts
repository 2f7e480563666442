/** Schemas of the answers about access: callers, tokens, and what strangers learn of the API. */
import { z } from 'zod';
import { AuditEntry } from '../domain/access/audit.ts';
import { Binding, callerMethods } from '../domain/access/decide.ts';
import { roles } from '../domain/access/permissions.ts';
import { listOf, unreadable } from './contract.ts';

/** A token without its secret. */
export const TokenItem = z.object({
  id: z.string(),
  name: z.string().describe('The history shows this name as the actor'),
  bindings: z.array(Binding),
  createdAt: z.string(),
  createdBy: z.string().nullable().describe('Null for the first one of the installation'),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable().describe('To some minutes; null when no use was noted'),
});
export type TokenItem = z.infer<typeof TokenItem>;
export const TokenCreated = TokenItem.extend({ token: z.string().describe('Shown this once') });

export const SessionBody = z.object({
  name: z.string(),
  method: z.enum(callerMethods).describe('How the caller is known; `jwt` is a token of the identity provider'),
  token: z.string().nullable().describe('Id of the token'),
  groups: z.array(z.string()).describe('As the identity provider or the trusted proxy names them'),
  expiresAt: z.string().nullable().describe('End of the session, or of the token, at the latest'),
  csrf: z
    .string()
    .nullable()
    .describe('What a request with the cookie of a session sends in `X-Sluice-CSRF` to change something'),
  bindings: z.array(Binding),
  permissions: z
    .array(z.object({ permission: z.string(), meaning: z.string(), role: z.enum(roles), allowed: z.boolean() }))
    .describe('About the job that the query names; without one, about the installation'),
  confirm: z
    .object({ environments: z.array(z.string()).describe('Patterns, in which `*` stands for any characters') })
    .describe('Where the console asks for a reason, and for the name of the job before anything is lost'),
});
export type SessionBody = z.infer<typeof SessionBody>;

export const TokenList = listOf(TokenItem);

export const LoginMethods = z.object({
  browser: z.string().nullable().describe('Path of the login in a browser, which takes `to`; null without logins'),
  device: z.boolean().describe('Whether `sluice login` works'),
  proxy: z.boolean().describe('Whether a proxy in front of the API logs people in'),
});

/** A login in a terminal that has begun. */
export const DeviceLoginBody = z.object({
  deviceCode: z.string().describe('For `POST /login/device/token` only; show it to nobody'),
  userCode: z.string(),
  verificationUri: z.string(),
  verificationUriComplete: z.string().nullable(),
  expiresInSeconds: z.number(),
  intervalSeconds: z.number(),
});
export type DeviceLoginBody = z.infer<typeof DeviceLoginBody>;

export const DeviceSession = z.object({
  session: z.string().describe('Sent as `Authorization: Bearer sls_…`; shown this once'),
  name: z.string(),
  expiresAt: z.string(),
});
export type DeviceSession = z.infer<typeof DeviceSession>;

export const HealthBody = z.object({
  status: z.enum(['ok', 'unavailable']),
  version: z.string().optional().describe('For callers with a token'),
  checks: z
    .record(z.string(), z.object({ ok: z.boolean(), detail: z.string().nullable() }))
    .optional()
    .describe('For callers with a token: `temporal`, `s3`, and `workers`, which leave the status as it is'),
});
export type HealthBody = z.infer<typeof HealthBody>;

export const AuditItem = AuditEntry.extend({ id: z.string().describe('Unique in the log') });
export const AuditList = listOf(AuditItem).extend({ unreadable });
