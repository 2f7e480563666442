/**
 * Campaigns and a drain on real parts, by the commands that people type: savepoints with a canary, restarts that somebody
 * pauses after the canary, and a cluster that is emptied by moving its jobs with their state.
 *
 * Seen to fail: a campaign that overlooks its canaries; one that overlooks a pause; checks that overlook a cordon.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CampaignBody, CampaignItem } from '../../../src/api/campaign-contract.ts';
import { campaignOperationIdOf } from '../../../src/domain/identity/ids.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { Api, until } from '../../support/api.ts';
import { sluice } from '../../support/commands.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const fleet = newJobName('fleet');
/** In the order of their priorities, which is that of their names in reverse. The last one names no other cluster. */
const jobs = ['c', 'b', 'a'].map((letter) => `${fleet}-${letter}`);
const [canary = '', second = '', homebody = ''] = jobs;
const ofFleet = ['-l', `fleet=${fleet}`, '--canaries', '1', '--max-parallel', '2', '--yes'];
const outsiders = new Map<string, Watch>();

beforeAll(async () => {
  for (const [place, job] of jobs.entries()) {
    const placement = { cluster: 'yarn-a', ...(job === homebody ? {} : { backups: ['yarn-b'] }) };
    await publish({
      job,
      version: '1.0.0',
      fields: { placement, labels: { fleet, priority: String(place + 1) } },
    });
    outsiders.set(job, await watch(job));
  }
  await Promise.all(jobs.map((job) => api.succeed(job, 'deploy', { release: `${job}/1.0.0` })));
  await counting();
});

// The stack outlives this file, and other files start jobs on yarn-a.
afterAll(async () => {
  expect(await sluice('cluster', 'uncordon', 'yarn-a')).toMatchObject({ code: 0 });
  await endApplicationsOf(...jobs);
});

const counting = () =>
  Promise.all(jobs.map(async (job) => outsiders.get(job)?.counted((await api.deployment(job)).applicationId)));

/** Runs a command that must succeed. @returns what it prints. */
async function done(...command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await sluice(...command);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const campaignOf = async (id: string): Promise<CampaignItem> =>
  (JSON.parse(await done('campaign', 'status', id, '-o', 'json')) as CampaignBody).campaign; // shape of the API

const statesOf = ({ jobs: each }: CampaignItem) => each.map(({ job, state }) => [job, state]);
const actsOf = ({ history }: CampaignItem) => history.map(({ what, by }) => [what, by]);

/** The operation that a campaign has asked a job for, in the history of the job. */
async function operationOf(id: string, job: string): Promise<OperationRecord> {
  const operation = await api.operation(job, campaignOperationIdOf(id));
  expect(operation).toMatchObject({ via: 'campaign', actor: 'admin', outcome: 'succeeded' });
  expect(operation?.reason).toContain(`campaign ${id}`);
  return operation!;
}

const numbers = () => Promise.all(jobs.map(async (job) => (await api.deployment(job)).number));

test('a campaign takes a savepoint of the canary, then of the others', async () => {
  const id = `savepoint-${fleet}`;
  await done('campaign', 'start', 'savepoint', ...ofFleet, '--id', id, '--wait');
  const campaign = await campaignOf(id);
  expect(campaign).toMatchObject({ state: 'succeeded', counts: { total: 3, succeeded: 3 } });
  expect(campaign.jobs.map(({ job, isCanary }) => [job, isCanary])).toEqual([
    [canary, true],
    [second, false],
    [homebody, false],
  ]);
  const [first, ...others] = await Promise.all(jobs.map((job) => operationOf(id, job)));
  for (const { acceptedAt, savepoint } of others) {
    expect([first?.endedAt, acceptedAt].toSorted()).toEqual([first?.endedAt, acceptedAt]);
    expect(savepoint).toContain('/savepoints/');
  }
});

test('a campaign that is paused restarts its canary and no other job, until it is resumed', async () => {
  const id = `restart-${fleet}`;
  await done('campaign', 'start', 'restart', ...ofFleet, '--id', id, '--reason', 'a new JDK');
  expect(await done('campaign', 'pause', id, '--reason', 'a look at the canary')).toBe(`Campaign ${id} is paused.\n`);
  const paused = await until('the end of the canary', 300_000, async () => {
    const campaign = await campaignOf(id);
    return campaign.jobs[0]?.state === 'succeeded' ? campaign : null;
  });
  expect(paused.state).toBe('paused');
  expect(statesOf(paused)).toEqual([
    [canary, 'succeeded'],
    [second, 'waiting'],
    [homebody, 'waiting'],
  ]);
  expect(await numbers()).toEqual([2, 1, 1]);
  expect(await done('campaign', 'status', id)).toMatch(/is paused: .*\n(?:.*\n)*.*1 of 3 succeeded.*2 not asked/);

  await done('campaign', 'resume', id);
  await done('campaign', 'status', id, '--watch');
  const ended = await campaignOf(id);
  expect(ended).toMatchObject({ state: 'succeeded', counts: { succeeded: 3 } });
  expect(actsOf(ended)).toEqual([
    ['started', 'admin'],
    ['paused', 'admin'],
    ['passed', null],
    ['resumed', 'admin'],
    ['ended', null],
  ]);
  expect(await numbers()).toEqual([2, 2, 2]);
  await Promise.all(jobs.map((job) => operationOf(id, job)));
  await counting();
});

describe('a drain of yarn-a', () => {
  const id = `drain-${fleet}`;

  test('moves each job that names another cluster, with its state, and says why one stays', async () => {
    const [stays] = await liveApplicationsOf(homebody);
    await done('cluster', 'drain', 'yarn-a', '--max-parallel', '2', '--reason', 'new disks', '--id', id, '--yes', '--wait'); // prettier-ignore
    const drain = await campaignOf(id);
    expect(drain).toMatchObject({ kind: 'move', state: 'succeeded' });
    expect(statesOf(drain)).toEqual([
      [canary, 'succeeded'],
      [second, 'succeeded'],
    ]);
    expect(drain.leftOut).toContainEqual({
      job: homebody,
      why: 'its deployment file names no cluster besides yarn-a',
    });
    for (const job of [canary, second]) {
      const { savepoint } = await operationOf(id, job);
      const moved = await api.deployment(job);
      expect(moved).toMatchObject({ cluster: 'yarn-b', placed: { moved: { from: 'yarn-a' } } });
      expect((await outsiders.get(job)?.counted(moved.applicationId))?.restoredFrom).toBe(savepoint);
    }
    expect(await api.job(homebody)).toMatchObject({ state: 'running', deployment: { cluster: 'yarn-a' } });
    expect(await liveApplicationsOf(homebody)).toEqual([stays]);
  });

  test('leaves it cordoned: a deploy there is refused, with the running instance untouched', async () => {
    const { stdout, stderr } = await sluice('clusters');
    expect(stdout).toMatch(/^yarn-a +zone-a +yes +no /m);
    expect(stderr).toMatch(/^yarn-a: cordoned since .* by admin: new disks$/m);
    const before = await liveApplicationsOf(homebody);
    const refused = await api.run(homebody, 'deploy', { release: `${homebody}/1.0.0` });
    expect(refused).toMatchObject({ outcome: 'rejected', error: { code: 'ClusterCordoned' } });
    expect(refused.error?.detail).toContain('by admin: new disks');
    expect(await liveApplicationsOf(homebody)).toEqual(before);
  });

  test('is over with an uncordon: starts go there again, and jobs come home', async () => {
    expect(await done('cluster', 'uncordon', 'yarn-a')).toBe('Cluster yarn-a takes starts.\n');
    await Promise.all([
      api.succeed(homebody, 'deploy', { release: `${homebody}/1.0.0` }),
      api.succeed(canary, 'failback'),
    ]);
    expect(await api.deployment(canary)).toMatchObject({ cluster: 'yarn-a', placed: { moved: null } });
    await counting();
  });
});

test('no job had two instances at any moment, and none lost anything', async () => {
  for (const [job, outsider] of outsiders) {
    const { problems, applications } = await outsider.conclude();
    expect(problems).toEqual([]);
    expect(applications.jobs.find((watched) => watched.job === job)?.doubles ?? []).toEqual([]);
  }
});
