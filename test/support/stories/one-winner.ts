/**
 * Twenty people deploy one job at the same moment: one of them does, and nineteen are told at once who does. How soon they
 * are told is measured by `npm run bench:one-winner`.
 *
 * Seen to fail: when the workflow does not look at `desk.taken`, twenty of twenty are accepted past the API and two through
 * it.
 */
import { Client, Connection, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { expect } from 'vitest';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { operationUpdates } from '../../../src/workflows/messages.ts';
import type { StackStatus } from '../../../stack/control.ts';
import { acceptedIn, Api, problemIn, type Answer } from '../api.ts';
import { liveApplicationsOf } from '../outside/applications.ts';
import { watch } from '../outside/observer.ts';
import { publish } from '../releases.ts';

const ASKERS = 20;

/** A Sluice that twenty people ask. */
type Sluice = Pick<StackStatus, 'api' | 'token' | 'temporal'>;

/** Expects one accepted deploy and nineteen told who holds the job: on a job nobody saw, then on a running one. */
export async function twentyDeploy(sluice: Sluice, job: string): Promise<void> {
  const api = new Api(sluice);
  const outsider = await watch(job);
  const started: string[] = [];
  for (const round of ['never-seen', 'running']) {
    await storm(api, job, round);
    started.push((await api.deployment(job)).applicationId);
  }

  const { applications } = await outsider.conclude();
  const watched = applications.jobs.find((one) => one.job === job);
  expect(watched).toMatchObject({ mostAtOnce: 1, doubles: [] });
  expect(watched?.applications.map(({ id }) => id)).toEqual(started);
}

/**
 * Asks the workflow itself twenty times, past the API, and expects one to be accepted. The twenty ask for a stop, because a
 * job stops once: a request after its end is refused as well.
 */
export async function twentyStopPastTheApi(sluice: Sluice, job: string): Promise<void> {
  const api = new Api(sluice);
  const connection = await Connection.connect({ address: sluice.temporal.address });
  const handle = new Client({ connection }).workflow.getHandle(workflowIdOf(job));
  const answers = await Promise.allSettled(
    Array.from({ length: ASKERS }, (_, asker) =>
      handle.executeUpdate(operationUpdates.stop, { args: [{ id: `past-${asker}`, actor: `person-${asker}` }, null] }),
    ),
  );
  await connection.close();
  const winners = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.operation] : []));
  const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [refusalIn(answer.reason)] : []));
  expect(winners).toHaveLength(1);
  expect(refusals).toHaveLength(ASKERS - 1);
  const { id = '', actor, acceptedAt: since } = winners[0] ?? {};
  for (const { type, details } of refusals) {
    // The request came when the job was stopped already, or when its run was turned over, where Temporal itself refuses.
    if (type === 'CommandNotAllowed' || type === 'UnprocessedUpdate') continue;
    expect(type).toBe('OperationInProgress');
    expect(details?.[0]).toMatchObject({ holder: { id, kind: 'stop', actor, since } });
  }
  expect(await api.ended(job, id)).toMatchObject({ outcome: 'succeeded' });
  expect(await liveApplicationsOf(job)).toEqual([]);
}

/** Ends when the winner's deploy has succeeded. */
async function storm(api: Api, job: string, round: string): Promise<void> {
  const release = await publish({ job, version: round });
  const answers = await Promise.all(
    Array.from({ length: ASKERS }, (_, asker) =>
      api.ask(job, 'deploy', { id: `${round}-${asker}`, actor: `person-${asker}`, release }),
    ),
  );
  const winner = theOnlyWinner(answers);
  expect(await api.ended(job, winner.id)).toMatchObject({ outcome: 'succeeded', error: null });
}

function theOnlyWinner(answers: readonly Answer[]): OperationRecord {
  const winners = answers.filter(({ status }) => status === 202).map(acceptedIn);
  const losers = answers.filter(({ status }) => status !== 202);
  expect(winners).toHaveLength(1);
  expect(losers).toHaveLength(ASKERS - 1);
  const [winner] = winners;
  if (winner === undefined) throw new Error('nobody won');
  for (const loser of losers) {
    expect(loser.status).toBe(409);
    const { code, holder, hint } = problemIn(loser);
    const { id, actor, acceptedAt: since } = winner;
    expect(code).toBe('OperationInProgress');
    expect(holder).toMatchObject({ id, kind: 'deploy', actor, since });
    expect(holder).toHaveProperty('phase');
    expect(hint).toContain('sluice wait');
  }
  return winner;
}

function refusalIn(reason: unknown): ApplicationFailure {
  if (reason instanceof WorkflowUpdateFailedError && reason.cause instanceof ApplicationFailure) return reason.cause;
  throw reason;
}
