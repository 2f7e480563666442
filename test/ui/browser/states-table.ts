/**
 * The pages of the console with what each must show in every state: its data, nothing yet, a right that lacks, and what is left of it
 * while a part does not answer. The words are those that a person reads.
 */
import { errorTable } from '../../../src/domain/errors/errors.ts';
import { permissions, type Permission } from '../../../src/domain/access/permissions.ts';
import type { Path } from '../../../src/ui/app/paths.ts';
import { JOB } from './history.ts';

type Words = string | RegExp;

/** The words that a page shows, by state. */
export interface Row {
  readonly name: string;
  /** The address in the router, and one that fits it. */
  readonly of: Path;
  readonly path: string;
  /** A part of its data, which stays in every state that takes no data away. */
  readonly shows: Words;
  /** A part of the address of the reading that gives the data; null where the page needs none. */
  readonly reads: string | null;
  /** In an installation in which nothing has happened, or of a thing that is not there; null where something always is. */
  readonly empty: Words | null;
  /** For a person without rights to any of it; null where everybody has them. */
  readonly denied: Words | null;
  /** Opened while Temporal does not answer: the data, where S3 or the API has them. */
  readonly withoutTemporal: Words;
  /** While the cluster of the job is silent. */
  readonly withSilentCluster: Words;
  /** While the stream is lost, the page asks for its data itself. */
  readonly isLive: boolean;
  /** A field with a text that nobody has sent yet. */
  readonly edit?: string;
}

const lacks = (permission: Permission): RegExp =>
  new RegExp(`\\b${permission}\\b.*role ${permissions[permission].role}`);
const noTemporal = errorTable.TemporalUnavailable.title;

const row = (
  name: string,
  {
    shows,
    withoutTemporal = shows,
    withSilentCluster = shows,
    ...rest
  }: Pick<Row, 'of' | 'path' | 'shows'> & Partial<Row>,
): Row => ({
  ...{ name, shows, reads: null, empty: null, denied: null, withoutTemporal, withSilentCluster, isLive: false },
  ...rest,
});

const about = `/jobs/${JOB}`;
const ofJob = { denied: lacks('view'), isLive: true } as const;
const tab = { of: '/jobs/:job/:tab', ...ofJob } as const;

export const rows: readonly Row[] = [
  row('Jobs', {
    ...{ of: '/jobs', path: '/jobs?view=all', shows: JOB, reads: '/jobs?', empty: 'No job was ever deployed.' },
    ...{
      denied: 'No job that you may see was ever deployed.',
      withSilentCluster: 'unreachable',
      isLive: true,
      edit: 'Search in names, owners, releases and labels',
    },
  }),
  row('Job', {
    ...{ of: '/jobs/:job', path: about, shows: 'deployment #3', reads: about, empty: 'The job was never deployed.' },
    ...{ ...ofJob, withoutTemporal: noTemporal, withSilentCluster: 'The job may still run' },
  }),
  row('Job: history', {
    ...{ ...tab, path: `${about}/history`, shows: 'more workers for the sale', reads: `${about}/operations` },
    ...{ empty: 'No operation.', edit: 'By whom' },
  }),
  row('Job: deployments', {
    ...{ ...tab, path: `${about}/deployments`, shows: 'clicks/1.2.0', reads: `${about}/deployments` },
    empty: 'Nothing was started yet.',
  }),
  row('Job: restore points', {
    ...{ ...tab, path: `${about}/restore-points`, shows: 'savepoint', reads: `${about}/restore-points` },
    empty: 'No restore point.',
  }),
  row('Job: configuration', {
    ...{ ...tab, path: `${about}/configuration`, shows: 'parallelism.default', reads: about, isLive: false },
    ...{ empty: 'Nothing was started yet.', withoutTemporal: noTemporal },
  }),
  row('Job: logs', {
    ...{ ...tab, path: `${about}/logs`, shows: 'INFO starting', reads: `${about}/logs`, isLive: false },
    ...{ empty: 'There are no logs.', denied: lacks('logs') },
  }),
  row('Launch of a job', {
    ...{ of: '/jobs/:job/launch', path: `${about}/launch`, shows: 'clicks/1.1.0', reads: '/releases', isLive: true },
    ...{
      empty: `No release has a deployment file for ${JOB}.`,
      denied: `No release has a deployment file for ${JOB}.`,
    },
  }),
  row('Launch', {
    ...{ of: '/launch', path: '/launch', shows: 'clicks/1.1.0', reads: '/releases', isLive: true },
    empty: 'No release was published yet.',
  }),
  row('Operation', {
    ...{ of: '/jobs/:job/operations/:id', path: `${about}/operations/op-2`, shows: 'more workers for the sale' },
    ...{ ...ofJob, reads: `${about}/operations/op-2`, empty: `${JOB} has no operation op-2` },
  }),
  row('Deployment', {
    ...{ of: '/jobs/:job/deployments/:number', path: `${about}/deployments/2`, shows: '6 options' },
    ...{ ...ofJob, reads: `${about}/deployments/2`, empty: `${JOB} has no deployment 2` },
  }),
  row('Flink', {
    ...{ of: '/jobs/:job/flink', path: `${about}/flink`, shows: 'Flink’s own pages, to read.', reads: about },
    ...{ ...ofJob, empty: `Nothing of ${JOB} runs`, withoutTemporal: noTemporal },
  }),
  row('Releases', {
    ...{ of: '/releases', path: '/releases', shows: 'clicks/1.1.0', reads: '/releases', isLive: true },
    ...{ empty: 'Nothing was published yet.' },
    edit: 'Search in names, commits, builds and jobs',
  }),
  row('Release', {
    ...{ of: '/releases/:project/:version', path: '/releases/clicks/1.1.0', shows: 'clicks.jar', isLive: true },
    ...{ reads: '/releases/clicks/1.1.0', empty: 'There is no release clicks/1.1.0' },
  }),
  row('Activity', {
    ...{ of: '/activity', path: '/activity', shows: 'more workers for the sale', reads: '/operations', isLive: true },
    ...{ empty: 'Nothing was asked of any job yet.', denied: 'Nothing was asked of any job yet.', edit: 'By whom' },
  }),
  row('Campaigns', {
    ...{ of: '/campaigns', path: '/campaigns', shows: 'new disks', reads: '/campaigns', isLive: true },
    ...{ empty: 'No campaign was ever begun.', withoutTemporal: noTemporal },
  }),
  row('Campaign', {
    ...{ of: '/campaigns/:campaign', path: '/campaigns/nightly', shows: 'new disks', reads: '/campaigns/nightly' },
    ...{ isLive: true, empty: 'There is no campaign "nightly"', withoutTemporal: noTemporal },
  }),
  row('Clusters', {
    ...{ of: '/clusters', path: '/clusters', shows: 'yarn-b', reads: '/clusters', isLive: true },
    ...{ empty: 'No cluster is configured.', withSilentCluster: /^silent/ },
  }),
  row('Cluster', {
    ...{ of: '/clusters/:cluster', path: '/clusters/yarn-a', shows: 'ResourceManager', reads: '/clusters/yarn-a' },
    ...{ isLive: true, empty: 'There is no cluster "yarn-a"' },
    withSilentCluster: 'The cluster did not answer.',
  }),
  row('Settings', { of: '/settings', path: '/settings', shows: 'Theme' }),
  row('Settings: tokens', {
    ...{ of: '/settings/:tab', path: '/settings/tokens', shows: 'admin of everything', reads: '/tokens' },
    denied: lacks('tokens'),
  }),
  row('Settings: audit log', {
    ...{ of: '/settings/:tab', path: '/settings/audit', shows: 'login', reads: '/audit', denied: lacks('audit') },
    ...{ isLive: true, edit: 'Name of the caller' },
  }),
  row('Settings: notifications', {
    ...{ of: '/settings/:tab', path: '/settings/notifications', shows: 'No channel is configured.' },
    ...{ reads: '/notifications', denied: lacks('notifications') },
  }),
  row('Settings: doctor', {
    ...{ of: '/settings/:tab', path: '/settings/doctor', shows: /All is well|warnings/, reads: '/doctor' },
    denied: lacks('doctor'),
  }),
  // The end of a login in a tab of its own, which shows nothing that was read.
  row('Signed in', { of: '/signed-in', path: '/signed-in', shows: 'You are signed in.' }),
];
