/** The phases of an operation as bars on one axis of time, from its acceptance to its end or to now. Pure. */
import type { OperationRecord } from '../../../domain/operation/operation.ts';

export type Timed = Pick<OperationRecord, 'phases' | 'acceptedAt' | 'endedAt' | 'outcome'>;

export interface Bar {
  readonly name: OperationRecord['phases'][number]['name'];
  readonly startedAt: string;
  /** Since the operation was accepted. */
  readonly afterMs: number;
  readonly ms: number;
  /** Shares of the whole, in per cent. */
  readonly left: number;
  readonly width: number;
  /** `broken`: the phase in which the operation did not succeed. */
  readonly end: 'done' | 'running' | 'broken';
}

/** @param comingMs the usual time of the phases that come, for which the axis has room. */
export function barsOf({ phases, acceptedAt, endedAt, outcome }: Timed, now: number, comingMs = 0): readonly Bar[] {
  const begun = Date.parse(acceptedAt);
  // The clock of the browser may be behind that of the worker.
  const last = Math.max(begun, ...phases.map((phase) => Date.parse(phase.endedAt ?? phase.startedAt)));
  const end = endedAt === null ? Math.max(now, last) : Math.max(Date.parse(endedAt), last);
  const whole = Math.max(1, end - begun + comingMs);
  const broken = brokenPlace({ phases, outcome });
  return phases.map(({ name, startedAt, endedAt: over }, place) => {
    const from = Math.max(begun, Date.parse(startedAt));
    const ms = (over === null ? end : Date.parse(over)) - from;
    return {
      name,
      startedAt,
      afterMs: from - begun,
      ms,
      left: (100 * (from - begun)) / whole,
      width: (100 * ms) / whole,
      end: over === null && endedAt === null ? 'running' : place === broken ? 'broken' : 'done',
    };
  });
}

/** The phase before Sluice went back, or the last one before it wrote down how the operation ended. */
function brokenPlace({ phases, outcome }: Pick<Timed, 'phases' | 'outcome'>): number {
  if (outcome === null || outcome === 'succeeded') return -1;
  const back = phases.findIndex(({ name }) => name === 'rollingBack');
  return back === -1 ? phases.findLastIndex(({ name }) => name !== 'recording') : back - 1;
}
