/** The course of an operation in progress: what comes next, and what a failure or a cancel leads to. Pure. */
import type { JobBody } from '../../../api/contract.ts';
import {
  failedStarts,
  operationKinds,
  phases,
  phasesOfKind,
  type OperationKind,
  type Phase,
} from '../../../domain/lifecycle.ts';

type Operation = NonNullable<JobBody['operation']>;
type Deployment = NonNullable<JobBody['deployment']>;

/** The part of a job that the course depends on. */
export interface Underway {
  readonly operation: Pick<Operation, 'id' | 'kind' | 'phase' | 'phases' | 'request'>;
  readonly deployment: Pick<Deployment, 'operationId' | 'ended' | 'onFailedStart'> | null;
  /** Absent where the job is not known. */
  readonly state?: JobBody['state'] | undefined;
}

/** After it the phases of a start come once more. */
const isGoingBack = ({ operation }: Underway): boolean => operation.phases.some(({ name }) => name === 'rollingBack');

/** The phases that come, if all goes well. */
export function comingPhases(underway: Underway): readonly Phase[] {
  const { phase, kind } = underway.operation;
  if (phase === null || !isKind(kind)) return [];
  const stopWith = isGoingBack(underway) ? null : stopWithOf(underway, kind);
  const isWarm = stopWith !== null && underway.operation.phases.some(({ name }) => name === 'standingBy');
  const order = phasesOfKind(kind, stopWith, isWarm);
  if (phase === 'rollingBack') return order.slice(order.indexOf('staging'));
  const place = order.indexOf(phase);
  return place < 0 ? [] : order.slice(place + 1);
}

const isKind = (kind: string): kind is OperationKind => (operationKinds as readonly string[]).includes(kind);

/** Null where no instance is taken down. */
function stopWithOf({ operation, deployment, state }: Underway, kind: OperationKind) {
  // Nothing can be stopped on a cluster that is silent.
  const isFenced = operation.phases.some(({ name }) => name === 'fencing');
  if (kind === 'failover' && (isFenced || state === 'unreachable')) return null;
  const isOther = deployment !== null && deployment.ended === null && deployment.operationId !== operation.id;
  const isDown = operation.phases.some(({ name }) => name === 'stopping' || name === 'savepointing');
  if (!isOther && !isDown) return null;
  if (kind === 'kill') return 'none';
  const asked = operation.request['stopWith'];
  return asked === 'checkpoint' || asked === 'none' ? asked : 'savepoint';
}

/** The row of the table of phases that counts: going back has its own consequences in every phase. */
const rowOf = (underway: Underway, phase: Phase) => phases[isGoingBack(underway) ? 'rollingBack' : phase];

export function consequences(underway: Underway): { readonly failure: string; readonly cancel: string } | null {
  const { operation, deployment } = underway;
  if (operation.phase === null) return null;
  const { failure, cancel } = rowOf(underway, operation.phase);
  const isKnown = deployment?.operationId === operation.id;
  const then = isKnown && failure.includes('onFailedStart') ? ` ${failedStarts[deployment.onFailedStart]}` : '';
  return { failure: failure + then, cancel };
}
