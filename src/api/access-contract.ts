/** Schemas of the answers about access: callers, tokens, and what strangers learn of the API. */
import { z } from 'zod';
import { AuditEntry } from '../domain/access/audit.ts';
import { Binding } from '../domain/access/decide.ts';
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
  method: z.enum(['token', 'anonymous']),
  token: z.string().nullable().describe('Id of the token'),
  bindings: z.array(Binding),
  permissions: z
    .array(z.object({ permission: z.string(), meaning: z.string(), role: z.enum(roles), allowed: z.boolean() }))
    .describe('About the job that the query names; without one, about the installation'),
});
export type SessionBody = z.infer<typeof SessionBody>;

export const TokenList = listOf(TokenItem);

export const HealthBody = z.object({
  status: z.enum(['ok', 'unavailable']),
  version: z.string().optional().describe('For callers with a token'),
  checks: z
    .record(z.string(), z.object({ ok: z.boolean(), detail: z.string().nullable() }))
    .optional()
    .describe('For callers with a token'),
});
export type HealthBody = z.infer<typeof HealthBody>;

export const AuditItem = AuditEntry.extend({ id: z.string().describe('Unique in the log') });
export const AuditList = listOf(AuditItem).extend({ unreadable });
