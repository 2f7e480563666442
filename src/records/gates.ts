/** The gates in S3: `gates/<job>.json`, changed only by conditional PUT, and read by the JVMs of the job. */
import type { S3Client } from '../clients/s3/s3.ts';
import { gatesKey } from '../domain/identity/storage-keys.ts';
import { noGates, type Gates } from '../domain/lock/gate.ts';
import { changeRecord, getRecord } from './record.ts';

/** @returns no gates for a job none of whose starts had one. @throws SluiceError `RecordInvalid`. */
export const readGates = async (s3: Pick<S3Client, 'get'>, job: string): Promise<Gates> =>
  (await getRecord(s3, gatesKey(job), 'gates'))?.value ?? noGates(job);

/** Changes the gates of a job. @throws as `changeRecord`. */
export const changeGates = (
  s3: Pick<S3Client, 'get' | 'putIfAbsent' | 'putIfMatch'>,
  job: string,
  alter: (gates: Gates) => Gates,
): Promise<Gates> =>
  changeRecord(s3, { key: gatesKey(job), kind: 'gates', empty: noGates(job), what: `the gate of ${job}` }, alter);
