/** The records of clusters in S3: `clusters/<name>.json`, which say whether a cluster takes starts. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { neverCordoned, type ClusterRecord } from '../../domain/cluster/cordon.ts';
import { clusterKey } from '../../domain/identity/storage-keys.ts';
import { changeRecord, getRecord } from '../record.ts';

/** @throws SluiceError `RecordInvalid`: a record that nobody can read counts as no permission to start. */
export const readCluster = async (s3: Pick<S3Client, 'get'>, cluster: string): Promise<ClusterRecord> =>
  (await getRecord(s3, clusterKey(cluster), 'cluster'))?.value ?? neverCordoned(cluster);

/** Changes the record of a cluster. @throws as `changeRecord`. */
export const changeCluster = (
  s3: Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>,
  cluster: string,
  alter: (record: ClusterRecord) => ClusterRecord,
): Promise<ClusterRecord> =>
  changeRecord(
    s3,
    {
      key: clusterKey(cluster),
      kind: 'cluster',
      empty: neverCordoned(cluster),
      what: `the record of cluster ${cluster}`,
    },
    alter,
  );
