/** Ids of operations, starts, Flink jobs and savepoint triggers. No other file puts such a string together. */
import { z } from 'zod';
import { hex32 } from './fingerprint.ts';

/** The caller chooses the id of an operation. S3 keys and URLs contain it, hence the narrow alphabet. */
export const OperationId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores')
  .refine((id) => !id.includes('..'), 'must not contain ".."');

const AUTO_DEPLOY = 'auto-';

/**
 * Names the operation by which a release deploys itself. The id is a function of the release, so the deploy happens at
 * most once. The names of projects have no underscore, so two releases never share an id.
 */
export function autoDeployIdOf(release: string): string {
  const readable = OperationId.safeParse(AUTO_DEPLOY + release.replace('/', '_'));
  return readable.success ? readable.data : AUTO_DEPLOY + hex32('auto-deploy', release);
}

/**
 * Tells whether an id has the form of those that `autoDeployIdOf` makes.
 * @param isRelease tells names of releases from other texts.
 */
export function isAutoDeployId(id: string, isRelease: (text: string) => boolean): boolean {
  if (!id.startsWith(AUTO_DEPLOY)) return false;
  const rest = id.slice(AUTO_DEPLOY.length);
  const release = rest.replace('_', '/');
  return /^[0-9a-f]{32}$/.test(rest) || (isRelease(release) && autoDeployIdOf(release) === id);
}

/** Names the n-th restart by Sluice after the instance of an epoch had failed. */
export const restartIdOf = (epoch: number, n: number): string => `restart-e${epoch}-${n}`;

/** Names the n-th failover by Sluice after the cluster with the instance of an epoch was gone. */
export const failoverIdOf = (epoch: number, n: number): string => `failover-e${epoch}-${n}`;

const OWN_ACT = /^(restart|failover)-e\d+-(\d+)$/;

export const isRestartId = (id: string): boolean => OWN_ACT.exec(id)?.[1] === 'restart';
export const isFailoverId = (id: string): boolean => OWN_ACT.exec(id)?.[1] === 'failover';

/**
 * Names the next act of Sluice after those that a memory knows. A memory keeps only the newest of many ids, so the newest number
 * counts, not how many there are: an id is never used again.
 */
export function nextActId(idOf: (epoch: number, n: number) => string, epoch: number, known: readonly string[]): string {
  const prefix = idOf(epoch, 0).slice(0, -1);
  const numbers = known.filter((id) => id.startsWith(prefix)).map((id) => Number(OWN_ACT.exec(id)?.[2] ?? 0));
  return idOf(epoch, Math.max(0, ...numbers) + 1);
}

/** Tells whether an id names an operation by which Sluice brings a job up by itself. */
export const isOwnActId = (id: string): boolean => OWN_ACT.test(id);

/** The asker chooses the id of a campaign. The ids of its operations and of its workflow contain it. */
export const CampaignId = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/,
    'must be 1 to 40 lower-case letters, digits or hyphens, beginning and ending with a letter or digit',
  );

const CAMPAIGN = 'campaign-';

/** Names the operation of a campaign: the same for each of its jobs, so that asking a job twice is one operation. */
export const campaignOperationIdOf = (campaign: string): string => CAMPAIGN + campaign;

/** Tells whether an id has the form of those that `campaignOperationIdOf` makes. */
export const isCampaignOperationId = (id: string): boolean =>
  id.startsWith(CAMPAIGN) && CampaignId.safeParse(id.slice(CAMPAIGN.length)).success;

/** Names one attempt to bring an instance up. An operation that rolls back has two: ordinals 1 and 2. */
export const startKeyOf = (operationId: string, ordinal: number): string => `${operationId}/${ordinal}`;

/** The operation of a start. */
export const operationOfStart = (startKey: string): string => startKey.slice(0, startKey.lastIndexOf('/'));

/** Derives the Flink job id of a start. Each start has its own, because Flink writes `<directory>/<job id>/chk-N`. */
export const flinkJobIdOf = (job: string, startKey: string, epoch: number): string =>
  hex32('flink-job-id', job, startKey, String(epoch));

/**
 * Derives the trigger id of an operation's savepoint. Flink takes one savepoint for each trigger id, so a repeated request
 * takes no second one (DispatcherCachedOperationsHandler.registerOperationIdempotently, 1.20).
 */
export const triggerIdOf = (job: string, operationId: string): string => hex32('trigger-id', job, operationId);
