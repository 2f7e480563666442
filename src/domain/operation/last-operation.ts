/** The operation of a job that ended last, as lists show it. */
import { z } from 'zod';
import { OperationRecord } from './operation.ts';

export const LastOperation = z.object(
  OperationRecord.pick({ id: true, kind: true, outcome: true, actor: true, endedAt: true }).shape,
);
export type LastOperation = z.infer<typeof LastOperation>;
