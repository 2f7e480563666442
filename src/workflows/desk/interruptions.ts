/** People who interrupt: `cancel` is a message to the operation that holds the job, `kill {force}` takes its place. */
import { setHandler } from '@temporalio/workflow';
import { rememberedOperations } from '../../domain/job/job-memory.ts';
import { CancelRequest, type Interruption, type OperationRecord } from '../../domain/operation/operation.ts';
import {
  noteRejection,
  refuseIfRejected,
  isRefusal,
  noteLength,
  reject,
  undecodableReason,
  type Desk,
  type Refusal,
} from './desk.ts';
import { cancelSignal, cancelUpdate, type Accepted } from '../messages.ts';

interface Heard {
  readonly kind: 'hear';
  readonly operation: OperationRecord;
  readonly request: CancelRequest;
}

export function handleCancelSignal(desk: Desk): void {
  setHandler(cancelSignal, (payload) => {
    noteLength(desk);
    const decision = decide(desk, payload);
    if (isRefusal(decision)) noteRejection(desk.memory, 'cancel', payload, decision);
    else hear(desk, decision);
  });
}

export function handleCancelUpdate(desk: Desk): void {
  setHandler(
    cancelUpdate,
    (payload): Accepted => {
      noteLength(desk);
      const decision = decide(desk, payload);
      refuseIfRejected(decision);
      hear(desk, decision);
      return { operation: decision.operation };
    },
    {
      validator: (payload) => refuseIfRejected(decide(desk, payload)),
      description: 'cancel: heard by the running operation, which ends at its next safe point',
    },
  );
}

/** Thinks only. */
function decide({ memory, taken, next }: Desk, payload: unknown): Heard | Refusal {
  const undecodable = undecodableReason(payload);
  if (undecodable !== null) return reject('Undecodable', `cancel: ${undecodable}`);
  const parsed = CancelRequest.safeParse(payload ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'cancel'}: ${issue.message}`);
    return reject('InvalidRequest', problems.join('; '));
  }
  const { operation: id } = parsed.data;
  if (taken?.operation.id === id) {
    return taken.operation.phase === 'recording'
      ? reject('CommandNotAllowed', `operation ${id} of ${memory.job} has ended and is being recorded`)
      : { kind: 'hear', operation: taken.operation, request: parsed.data };
  }
  if (next?.operation.id === id) {
    return reject(
      'CommandNotAllowed',
      `operation ${id} of ${memory.job} takes the place of ${taken?.operation.id ?? 'another'}, which was told so already`,
    );
  }
  const ended =
    rememberedOperations(memory).find((known) => known.id === id) ??
    memory.knownOperations.find((known) => known.id === id);
  return ended
    ? reject('CommandNotAllowed', `operation ${id} of ${memory.job} has ended: ${ended.outcome ?? 'unknown'}`)
    : reject('NotFound', `${memory.job} has no operation ${id} that could be cancelled`);
}

function hear(desk: Desk, { request }: Heard): void {
  interrupt(desk, {
    how: 'cancelled',
    at: new Date().toISOString(),
    actor: request.actor ?? 'unknown',
    reason: request.reason ?? null,
    by: null,
  });
}

/** A superseding kill outranks a cancel; hearing the same twice changes nothing. */
export function interrupt(desk: Desk, interruption: Interruption): void {
  if (!desk.taken || desk.interruption?.how === 'superseded') return;
  if (desk.interruption && interruption.how === 'cancelled') return;
  desk.interruption = interruption;
  desk.interruptWait?.(interruption.how);
}

/** Temporal's own cancel means `cancel`: of whatever runs. Between operations there is nothing that it could mean. */
export function interruptByTemporal(desk: Desk): void {
  const at = new Date().toISOString();
  interrupt(desk, { how: 'cancelled', at, actor: 'temporal', reason: 'the workflow was asked to cancel', by: null });
}
