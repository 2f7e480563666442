/**
 * Each failure of Temporal's client has its place: only an outage is `TemporalUnavailable`, which is tried again.
 *
 * Seen to fail: with the mapping that three files had, a TypeError inside of a call was an outage too.
 */
import {
  ActivityCancelledError,
  ActivityCompletionError,
  ActivityNotFoundError,
  QueryNotRegisteredError,
  QueryRejectedError,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { describe, expect, it, test } from 'vitest';
import { SluiceError, type ErrorCode } from '../../src/domain/errors/errors.ts';
import { RequestRefused } from '../../src/domain/job/refusal.ts';
import { askOf, nullIfNotFound } from '../../src/temporal/call.ts';

const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;
/** The mapping does not read the status that these two errors carry. */
const ANY_STATUS = undefined as never;

const client = { withDeadline: <T>(_deadline: number | Date, call: () => Promise<T>): Promise<T> => call() };
const ask = askOf(client);
const failing = (failure: unknown): Promise<unknown> =>
  ask('Asking clicks', 1_000, () => Promise.reject(failure as Error)).catch((error: unknown) => error);

/** As gRPC's own errors look, those of `@grpc/grpc-js` and those of the worker's native connection. */
const grpc = (code: number, message: string): Error =>
  Object.assign(new Error(message), { code, details: message, metadata: {} });
const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
const notRegistered = new QueryNotRegisteredError('no such query', ANY_STATUS);
const timeout = new TimeoutFailure('too late', undefined, TimeoutType.SCHEDULE_TO_START);
const defect = new TypeError("Cannot read properties of undefined (reading 'id')");
const refusal = (type: string | undefined): Error =>
  new WorkflowUpdateFailedError(
    'no',
    ApplicationFailure.create({ message: 'clicks is held', ...(type ? { type } : {}) }),
  );

const dressed: readonly (readonly [what: string, failure: unknown, code: ErrorCode, detail: RegExp])[] = [
  ['no connection', grpc(UNAVAILABLE, '14 UNAVAILABLE'), 'TemporalUnavailable', /^Asking clicks: .*14 UNAVAILABLE/],
  ['a deadline', grpc(DEADLINE_EXCEEDED, '4 DEADLINE'), 'TemporalUnavailable', /no answer in time/],
  [
    'the same, wrapped',
    new ServiceError('x', { cause: grpc(4, '4 DEADLINE') }),
    'TemporalUnavailable',
    /no answer in time/,
  ],
  ['a connection, wrapped', new ServiceError('x', { cause: grpc(14, '14 GONE') }), 'TemporalUnavailable', /14 GONE/],
  ['no poller', grpc(9, '9 no poller seen for task queue'), 'TemporalUnavailable', /Is the worker running\?/],
  ['an incomplete answer', new ServiceError('Missing info'), 'TemporalUnavailable', /Missing info/],
  ['no namespace', new NamespaceNotFoundError('default'), 'TemporalUnavailable', /default/],
  ['the native transport', named('TransportError', 'dns error'), 'TemporalUnavailable', /dns error/],
  ['a late update', new WorkflowUpdateRPCTimeoutOrCancelledError('late'), 'TemporalUnavailable', /no answer in time/],
  ['an older build', notRegistered, 'TemporalUnavailable', /an earlier build/],
  ['a heartbeat', new ActivityCompletionError('14 UNAVAILABLE'), 'TemporalUnavailable', /14 UNAVAILABLE/],
  [
    'a run without workers',
    new WorkflowFailedError('x', timeout, 'TIMEOUT'),
    'TemporalUnavailable',
    /Does the worker run/,
  ],
  ['a heartbeat of a former attempt', new ActivityNotFoundError('Not found'), 'Conflict', /Not found/],
  ['a heartbeat of a cancelled one', new ActivityCancelledError('cancelled'), 'Conflict', /cancelled/],
  ['a schedule that is there', new ScheduleAlreadyRunning('it exists', 'x'), 'Conflict', /it exists/],
  ['a refusal', refusal('OperationInProgress'), 'OperationInProgress', /^clicks is held$/],
  ['a refusal without a code', refusal(undefined), 'Internal', /refused without a code/],
  ['a plan whose activity failed', failedRun('StorageDenied'), 'StorageDenied', /^Asking clicks: /],
  ['a plan that failed otherwise', failedRun('TypeError'), 'Internal', /failed unexpectedly/],
  ['an error of ours', new SluiceError('Conflict', 'changed'), 'Conflict', /^changed$/],
];

function failedRun(type: string): Error {
  const activity = ApplicationFailure.create({ message: 'S3 says no', type });
  return new WorkflowFailedError('x', activity, 'MAXIMUM_ATTEMPTS_REACHED');
}

describe('a failed call becomes an error of the table', () => {
  it.each(dressed)('%s', async (_what, failure, code, detail) => {
    const error = await failing(failure);
    expect(error).toBeInstanceOf(SluiceError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(detail) as string });
  });
});

describe('a failed call stays what it was', () => {
  it.each([
    ['a defect', defect],
    ['a defect that the client has wrapped', new ServiceError('Unexpected error', { cause: defect })],
    ['no such workflow', new WorkflowNotFoundError('none', 'flink-job:x', undefined)],
    ['no such schedule', new ScheduleNotFoundError('none', 'x')],
    ['a query that was rejected', new QueryRejectedError(ANY_STATUS)],
    ['no error at all', 'a text'],
  ])('%s', async (_what, failure) => {
    expect(await failing(failure)).toBe(failure);
  });
});

test('a refusal keeps who holds the job', async () => {
  const holder = { id: 'op-1', kind: 'savepoint', actor: 'ads', since: '2026-01-01T00:00:00.000Z', phase: null };
  const cause = ApplicationFailure.create({ message: 'held', type: 'OperationInProgress', details: [{ holder }] });
  const error = await failing(new WorkflowUpdateFailedError('no', cause));
  expect(error).toBeInstanceOf(RequestRefused);
  expect(error).toMatchObject({ details: { holder } });
});

test('what Temporal does not have is null, and everything else fails', async () => {
  const missing = new WorkflowNotFoundError('none', 'flink-job:x', undefined);
  expect(await nullIfNotFound(Promise.resolve(1))).toBe(1);
  expect(await nullIfNotFound(Promise.reject(missing))).toBeNull();
  expect(await nullIfNotFound(Promise.reject(new ScheduleNotFoundError('none', 'x')))).toBeNull();
  await expect(nullIfNotFound(Promise.reject(defect))).rejects.toBe(defect);
});
