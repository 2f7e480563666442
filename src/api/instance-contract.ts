/** Schemas of what is told of an instance: its logs, its exceptions, and whether it answered. */
import { z } from 'zod';

/** Names the instance of a log or of exceptions: its application, and an operation that acted on it. */
const instanceFields = {
  operation: z
    .string()
    .describe('The operation that started the instance, or of what was saved, the one that ended it'),
  application: z.string(),
  live: z.boolean().describe('True for the running instance; false for an instance that has ended'),
  savedAt: z
    .string()
    .nullable()
    .describe('When it was saved, before its instance was ended; null for what the cluster itself still has'),
};

const container = z
  .string()
  .nullable()
  .describe('Its container; null for the JobManager of the running instance, and for what was saved');
export const LogItem = z.object({ ...instanceFields, file: z.string(), container, size: z.int().describe('Bytes') });
export type LogItem = z.infer<typeof LogItem>;

/** Tells whether the running instance answered. */
export const LiveBody = z.object({
  operation: z.string(),
  application: z.string(),
  reachable: z.boolean(),
  problem: z.string().nullable().describe('Why it did not answer'),
});
export type LiveBody = z.infer<typeof LiveBody>;

export const InstanceExceptions = z.object({
  ...instanceFields,
  problem: z.string().nullable().describe('Why the exceptions could not be read'),
  exceptions: z.array(
    z.object({
      at: z.string(),
      name: z.string(),
      task: z.string().nullable(),
      host: z.string().nullable(),
      rootCause: z.string(),
      stack: z.string(),
    }),
  ),
});
export type InstanceExceptions = z.infer<typeof InstanceExceptions>;
