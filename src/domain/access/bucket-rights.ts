/**
 * Rights in the bucket, by prefix of a key and by part of Sluice. Printed as docs/bucket-policies.md; the local stack gives
 * its parts these rights and no more. A prefix of storage-keys.ts without a row fails a test.
 */
import { keysOf } from '../values/keys-of.ts';

export const bucketRoles = ['worker', 'api', 'publisher', 'containers'] as const;
export type BucketRole = (typeof bucketRoles)[number];

interface Row {
  readonly holds: string;
  readonly read: readonly BucketRole[];
  readonly write?: readonly BucketRole[];
  readonly delete?: readonly BucketRole[];
  /** Patterns of keys below the prefix that containers may write where they may not write all of it. */
  readonly containersWrite?: readonly string[];
}

export const bucketTable = {
  'releases/': {
    holds: 'releases',
    read: ['worker', 'api', 'publisher', 'containers'],
    write: ['publisher'],
    delete: ['publisher'],
  },
  'jars/': { holds: 'where a file was published last', read: ['publisher'], write: ['publisher'] },
  'texts/': { holds: 'deployment files and effective configurations', read: ['worker', 'api'], write: ['worker'] },
  'operations/': { holds: 'claims of operations', read: ['worker', 'api'], write: ['worker'] },
  'fences/': { holds: 'fences, which decide who may start', read: ['worker', 'api'], write: ['worker'] },
  'gates/': {
    holds: 'gates, which decide who may run',
    read: ['worker', 'api', 'containers'],
    write: ['worker'],
  },
  'clusters/': {
    holds: 'cordons of clusters',
    read: ['worker', 'api'],
    write: ['api'],
  },
  'signs/': {
    holds: 'signs of life that JobManagers give; a job whose cluster is gone moves by itself only if it gave one',
    read: ['worker'],
    write: ['containers'],
    // S3A deletes the empty objects that stand for folders, after each write; the worker deletes signs of jobs that left.
    delete: ['worker', 'containers'],
  },
  'adoptions/': { holds: 'adoptions', read: ['worker', 'api'], write: ['worker'], delete: ['worker'] },
  'traces/': {
    holds: 'traces of live applications, and the containers that each had',
    read: ['worker', 'api'],
    write: ['worker'],
    delete: ['worker'],
  },
  'deployments/': { holds: 'deployments', read: ['worker', 'api', 'publisher'], write: ['worker'] },
  'audit/': { holds: 'the audit log and evidence', read: ['worker', 'api'], write: ['worker'] },
  'notifications/': {
    holds: 'what is still to be told to people',
    read: ['worker', 'api'],
    write: ['worker'],
    delete: ['worker'],
  },
  'tokens/': { holds: 'hashes of tokens', read: ['api'], write: ['api'], delete: ['api'] },
  'installation/': { holds: 'the mark that the first token was made', read: ['api'], write: ['api'] },
  'sessions/': { holds: 'hashes of sessions of people', read: ['api'], write: ['api'], delete: ['api'] },
  'token-uses/': { holds: 'when a token was last used', read: ['api'], write: ['api'], delete: ['api'] },
  'audit-log/': { holds: 'the audit log of the API', read: ['api'], write: ['api'] },
  'doctor/': { holds: 'the probe of the doctor', read: ['api'], write: ['api'], delete: ['api'] },
  'probes/': { holds: 'the probes of the watchers of clusters', read: ['worker'], write: ['worker'] },
  'staging/': {
    holds: 'configuration, order and gate of each start, and what Flink’s client uploads',
    read: ['worker', 'api', 'containers'],
    write: ['worker'],
    // Flink's application master deletes the folder of its start when it unregisters.
    delete: ['worker', 'containers'],
    // Flink's client uploads below `.flink/` (YarnClusterDescriptor). S3A makes empty objects that stand for folders.
    containersWrite: ['', '*/', '*/.flink/*'],
  },
  'checkpoints/': {
    holds: 'checkpoints',
    read: ['worker', 'api', 'containers'],
    write: ['containers'],
    delete: ['worker', 'containers'],
  },
  'savepoints/': {
    holds: 'savepoints',
    read: ['worker', 'api', 'containers'],
    write: ['containers'],
    delete: ['worker', 'containers'],
  },
  'dist/': {
    holds: 'distributions of Flink and the launcher; the folders that `flink.distributions` and `shellRunner.jar` name',
    read: ['worker', 'api', 'containers'],
  },
  'distributions/': {
    holds: 'records of published distributions, and their class archives',
    read: ['worker', 'api', 'containers'],
    write: ['worker', 'api'],
    delete: ['worker'],
  },
  'warm-ups/': {
    holds: 'what the applications of warm-ups read and write while they run',
    read: ['worker', 'containers'],
    write: ['worker', 'containers'],
    delete: ['worker', 'containers'],
  },
  'sluice/': {
    holds: 'Sluice’s part in the JVMs of jobs; the folders that `agent` names',
    read: ['worker', 'api', 'containers'],
  },
} as const satisfies Readonly<Record<`${string}/`, Row>>;

export const bucketPrefixes = keysOf(bucketTable);

/** State of jobs that people start by themselves, and that Sluice may adopt. */
const stateByHand: Row = {
  holds: 'state of jobs that were started by hand',
  read: ['worker', 'api', 'containers'],
  write: ['containers'],
  delete: ['containers'],
};

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** A policy as AWS and MinIO read it. */
export interface BucketPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

const ACTIONS = {
  read: ['s3:GetObject'],
  write: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
  delete: ['s3:DeleteObject'],
} as const;

/**
 * All roles may list the whole bucket. Without that S3 answers 403 instead of 404 for a key that is not there, also where
 * listing is allowed for its prefix only, because the condition of a prefix is never met by a request for an object.
 *
 * `byHand` are the prefixes below which jobs keep their state that Sluice did not start.
 */
export function bucketPolicy(role: BucketRole, bucket: string, byHand: readonly `${string}/`[] = []): BucketPolicy {
  const arn = `arn:aws:s3:::${bucket}`;
  const list: Statement = {
    Sid: 'List',
    Effect: 'Allow',
    Action: ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
    Resource: [arn],
  };
  const rights = (['read', 'write', 'delete'] as const).flatMap((right): Statement[] => {
    const keys = [
      ...bucketPrefixes.flatMap((prefix) => keysFor(role, right, prefix, bucketTable[prefix])),
      ...byHand.flatMap((prefix) => keysFor(role, right, prefix, stateByHand)),
    ];
    if (keys.length === 0) return [];
    const Sid = `${right[0]?.toUpperCase() ?? ''}${right.slice(1)}`;
    return [{ Sid, Effect: 'Allow', Action: ACTIONS[right], Resource: keys.map((key) => `${arn}/${key}`) }];
  });
  return { Version: '2012-10-17', Statement: [list, ...rights] };
}

function keysFor(role: BucketRole, right: 'read' | 'write' | 'delete', prefix: string, row: Row): string[] {
  // Hadoop asks whether the folder itself is an object before it lists it.
  if (row[right]?.includes(role)) return right === 'read' ? [prefix.slice(0, -1), `${prefix}*`] : [`${prefix}*`];
  const some = role === 'containers' && right === 'write' ? (row.containersWrite ?? []) : [];
  return some.map((pattern) => prefix + pattern);
}
