/**
 * A job that nobody ever saw is deployed by one command of Temporal's own CLI, and is then known everywhere; one operation
 * id is one operation, however and how often it is sent.
 *
 * Seen to fail: when the workflow does not compare fingerprints, the update with another payload succeeds (the API compares
 * them once more, so that what it is asked is still refused).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobItem } from '../../../src/api/job-list-contract.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { acceptedIn, Api, problemIn, until } from '../../support/api.ts';
import { applicationsOf, endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { sluice, temporal, type Ended } from '../../support/commands.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('first');
let release: string;

beforeAll(async () => {
  release = await publish({ job, version: '1.0.0' });
});

afterAll(() => endApplicationsOf(job));

/** The command line of the Contract. */
const deployBySignal = (payload: Readonly<Record<string, unknown>>): Promise<Ended> =>
  temporal(
    ...['workflow', 'signal-with-start', '--type', 'flinkJob', '-w', `flink-job:${job}`, '-t', 'sluice'],
    ...['--signal-name', 'deploy', '--signal-input', JSON.stringify(payload), '-i', JSON.stringify({ job })],
  );

test('temporal workflow signal-with-start deploys it', async () => {
  const { code, stderr } = await deployBySignal({ id: 'first', actor: 'ci', release });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

  await until('the operation', 240_000, () => api.operation(job, 'first'));
  expect(await api.ended(job, 'first')).toMatchObject({
    kind: 'deploy',
    actor: 'ci',
    via: 'signal',
    outcome: 'succeeded',
    error: null,
    deployment: 1,
  });
  expect(await liveApplicationsOf(job)).toEqual([(await api.deployment(job)).applicationId]);
});

test('the API and the CLI list it as running', async () => {
  const listed = { name: job, state: 'running', release, cluster: 'yarn-a', environment: 'test' };
  expect((await api.list<JobItem>('/jobs')).find(({ name }) => name === job)).toMatchObject(listed);

  const { code, stdout } = await sluice('jobs', '-o', 'json');
  expect(code).toBe(0);
  const { items } = JSON.parse(stdout) as { items: JobItem[] }; // the API's list, which the CLI prints
  expect(items.find(({ name }) => name === job)).toMatchObject(listed);
});

describe('the same operation id', () => {
  // The workflow has continued as new since then, so it answers from its carried state.
  test('with the same payload is the same operation, by API and by signal', async () => {
    const again = acceptedIn(await api.ask(job, 'deploy', { id: 'first', release }));
    expect(again).toMatchObject({ id: 'first', outcome: 'succeeded', actor: 'ci', deployment: 1 });
    expect((await deployBySignal({ id: 'first', actor: 'somebody else', release })).code).toBe(0);
    expect((await api.job(job)).operation).toBeNull();
    expect(await applicationsOf(job)).toHaveLength(1);
  });

  test('with another payload is refused, by API and by update', async () => {
    const other = await publish({ job, version: '1.0.1' });
    for (const [kind, fields] of [
      ['deploy', { release: other }],
      ['stop', {}],
    ] as const) {
      const problem = problemIn(await api.ask(job, kind, { id: 'first', ...fields }));
      expect(problem).toMatchObject({ status: 422, code: 'OperationIdReused' });
      expect(problem.detail).toContain(`operation id first was used for another deploy of ${job}`);
    }
    const input = JSON.stringify({ id: 'first', release: other });
    const update = await temporal(
      ...['workflow', 'update', 'execute', '-w', `flink-job:${job}`, '--name', 'deploy', '-i', input],
    );
    expect(update.code).toBe(1);
    expect(update.stdout + update.stderr).toContain('OperationIdReused');
    expect(await applicationsOf(job)).toHaveLength(1);
  });

  test('sent twice while it runs is one operation, and in the history once', async () => {
    const asked = await Promise.all([
      api.ask(job, 'savepoint', { id: 'twice' }),
      api.ask(job, 'savepoint', { id: 'twice', reason: 'a proxy sent it again' }),
    ]);
    expect(asked.map(acceptedIn).map(({ id }) => id)).toEqual(['twice', 'twice']);
    expect(await api.ended(job, 'twice')).toMatchObject({ outcome: 'succeeded' });
    const history = await api.list<OperationRecord>(`/jobs/${job}/operations`);
    expect(history.map(({ id }) => id)).toEqual(['twice', 'first']);
  });
});
