/** Drills: failovers away from a cluster that is well, and what the last one of a job took. */
import { z } from 'zod';
import type { Deployment } from '../../deployment/deployment.ts';
import { givenUpBy, type Decision } from '../state/ending.ts';
import { OutcomeInRecords, type OperationRecord } from '../../operation/operation.ts';

export const Drill = z.strictObject({
  operationId: z.string(),
  at: z.string(),
  outcome: OutcomeInRecords,
  /** Milliseconds from the revocation of the gate until every task ran elsewhere; null where none did. */
  downMs: z.number().int().nullable(),
  /** Milliseconds of work before the revocation that were done again; null where that is not known. */
  repeatedMs: z.number().int().nullable(),
});
export type Drill = z.infer<typeof Drill>;

/** The record of an ended operation, as far as it says whether it was a drill and how that went. */
export type EndedDrill = Pick<
  OperationRecord,
  'id' | 'kind' | 'outcome' | 'deployment' | 'acceptedAt' | 'endedAt' | 'phases' | 'request'
>;
interface Left {
  readonly current: Pick<Deployment, 'epoch' | 'ended'> | null;
  readonly decision: Decision | null;
  readonly recovery: { readonly drill: Drill | null };
}

/** Tells whether a drill left the instance and could start nothing elsewhere: the job goes back to its cluster, which is well. */
export const isLeftByDrill = ({ current, decision, recovery: { drill } }: Left): boolean =>
  current?.ended?.how === 'replaced' && drill !== null && givenUpBy({ current, decision }) === drill.operationId;

type Started = Pick<Deployment, 'number' | 'runningAt' | 'restorePoint'>;

/** The drill that an operation was; null for every other operation, and for a drill that left the job where it was. */
export function drillOf(record: EndedDrill, current: Started | null): Drill | null {
  const left = record.phases.find(({ name }) => name === 'fencing');
  if (record.kind !== 'failover' || record.request['drill'] !== true || !left || record.outcome === null) return null;
  const leftAt = Date.parse(left.startedAt);
  const started = current?.number === record.deployment ? current : null;
  const runningAt = started?.runningAt ?? null;
  const completedAt = started?.restorePoint?.completedAt ?? null;
  return {
    operationId: record.id,
    at: record.endedAt ?? record.acceptedAt,
    outcome: record.outcome,
    downMs: runningAt === null ? null : Date.parse(runningAt) - leftAt,
    repeatedMs: completedAt === null ? null : Math.max(0, leftAt - Date.parse(completedAt)),
  };
}
